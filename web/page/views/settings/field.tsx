import type { ComponentChildren, VNode } from 'preact'

export interface SelectProps<Value extends string> {
  readonly label: string
  readonly testId: string
  readonly value: Value | undefined
  readonly choices: readonly (readonly [Value, string])[]
  readonly isDisabled?: boolean
  readonly onChange: (value: Value) => void
}

/** One of a few. */
export function Select<Value extends string>({
  label,
  testId,
  value,
  choices,
  isDisabled = false,
  onChange,
}: SelectProps<Value>): VNode {
  return (
    <label class="field">
      <span>{label}</span>
      <select
        data-testid={testId}
        value={value}
        disabled={isDisabled}
        onChange={({ currentTarget }) => {
          const chosen = choices.find(([choice]) => choice === currentTarget.value)
          if (chosen !== undefined) onChange(chosen[0])
        }}
      >
        {choices.map(([choice, text]) => (
          <option key={choice} value={choice}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}

export interface SwitchProps {
  readonly label: string
  readonly testId: string
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
  /** What it means. */
  readonly children?: ComponentChildren
}

/** On or off, with what it means under it. */
export function Switch({ label, testId, isOn, onChange, children }: SwitchProps): VNode {
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        data-testid={testId}
        checked={isOn}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      <span>
        {label}
        {children !== undefined && <small>{children}</small>}
      </span>
    </label>
  )
}
