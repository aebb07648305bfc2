import type { VNode } from 'preact'
import { usePage } from '../page-context.ts'
import { Select } from './field.tsx'

export function LookSettings(): VNode {
  const { app } = usePage()
  const { theme, numbers } = app.settings.values.value
  return (
    <>
      <Select
        label="Theme"
        testId="theme"
        value={theme}
        choices={[
          ['system', 'As the device'],
          ['light', 'Light'],
          ['dark', 'Dark'],
        ]}
        onChange={(value) => app.changeSettings({ theme: value })}
      />
      <Select
        label="Numbers"
        testId="numbers"
        value={numbers}
        choices={[
          ['neutral', '12\u202f345.6 (international)'],
          ['device', `${new Intl.NumberFormat().format(12_345.6)} (as the device)`],
        ]}
        onChange={(value) => app.changeSettings({ numbers: value })}
      />
    </>
  )
}
