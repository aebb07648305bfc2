import type { VNode } from 'preact'

export interface SliderProps {
  readonly label: string
  readonly unit: string
  readonly testId: string
  readonly min: number
  readonly max: number
  readonly step: number
  readonly value: number
  /** The value as it is written; the number itself where it is not given. */
  readonly text?: string
  readonly onInput: (value: number) => void
}

/** A range with its value in words above it. */
export function Slider({
  label,
  unit,
  testId,
  min,
  max,
  step,
  value,
  text = String(value),
  onInput,
}: SliderProps): VNode {
  return (
    <label class="slider">
      <span>
        {label} <output data-testid={`${testId}-value`}>{text}</output>
        {unit !== '' && ` ${unit}`}
      </span>
      <input
        type="range"
        data-testid={testId}
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={`${text} ${unit}`.trim()}
        onInput={({ currentTarget }) => onInput(currentTarget.valueAsNumber)}
      />
    </label>
  )
}
