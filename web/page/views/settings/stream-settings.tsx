import type { VNode } from 'preact'
import type { BundleList } from '../../../../core/wire/frames.ts'
import { formatBytes, formatCount } from '../format.ts'
import { usePage } from '../page-context.ts'
import { Select, Switch } from './field.tsx'

type ListedBundle = Pick<BundleList['bundles'][number], 'id' | 'bytes'> & { readonly classes?: number }

/** What is behind an id, and what it weighs, before it is fetched. */
const bundleText = ({ id, classes, bytes }: ListedBundle): string =>
  [
    id,
    ...(classes === undefined ? [] : [`${formatCount(classes)} classes`]),
    ...(bytes === undefined
      ? []
      : [`${formatBytes(bytes.start)} to start, ${formatBytes(bytes.all)} with all`]),
  ].join(' · ')

const rates = [1, 2, 5, 10, 15, 30] as const

export function StreamSettings(): VNode {
  const { app } = usePage()
  const bundle = app.bundle.opened.value
  const bundles: readonly ListedBundle[] =
    bundle?.list.value?.bundles ?? (bundle === undefined ? [] : [{ id: bundle.manifest.id }])
  const { rate, isSmoothing } = app.settings.values.value
  const numbers =
    rate === 'max' || rates.some((choice) => choice === rate) ? rates : [...rates, rate].sort((a, b) => a - b)
  return (
    <>
      <Select
        label="Bundle"
        testId="bundle"
        value={bundle?.manifest.id}
        isDisabled={bundles.length === 0}
        choices={bundles.map((one) => [one.id, bundleText(one)])}
        onChange={(id) => {
          app.changeSettings({ bundle: id })
          void app.bundle.open()
        }}
      />
      <Select
        label="Frames a second"
        testId="rate"
        value={String(rate)}
        choices={[
          ...numbers.map((choice): [string, string] => [String(choice), String(choice)]),
          ['max', 'as many as go'],
        ]}
        onChange={(value) => app.changeSettings({ rate: value === 'max' ? 'max' : Number(value) })}
      />
      <Switch
        label="Steady label"
        testId="smoothing"
        isOn={isSmoothing}
        onChange={(isOn) => app.changeSettings({ isSmoothing: isOn })}
      >
        Shows what the last five frames agree on. The doubt stays that of each frame.
      </Switch>
    </>
  )
}
