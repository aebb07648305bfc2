import type { VNode } from 'preact'
import { usePage } from '../page-context.ts'
import { Slider } from '../../components/slider.tsx'
import { Select } from './field.tsx'

/** Whom of the networks in memory to ask before a frame counts as a miss. */
export function ProbingSettings(): VNode {
  const { app } = usePage()
  const { probing, cachePartitions } = app.settings.values.value
  const { maxProbes } = app.gate.value
  return (
    <>
      <Select
        label="Which specialists to ask"
        testId="probing"
        value={probing}
        choices={[
          ['adaptive', 'As the scene needs it'],
          ['recent-first', 'The last one first, until one is certain'],
          ['least-entropy', 'Several, and believe the surest'],
        ]}
        onChange={(value) => app.changeSettings({ probing: value })}
      />
      {probing === 'adaptive' && (
        <p class="muted">
          It also goes by what the last frames showed. The other two look at each frame by itself.
        </p>
      )}
      {probing !== 'adaptive' && (
        <Slider
          label="Ask up to"
          unit={maxProbes === 1 ? 'specialist' : 'specialists'}
          testId="probes"
          min={1}
          max={Math.max(4, cachePartitions, maxProbes)}
          step={1}
          value={maxProbes}
          onInput={(value) => app.changeSettings({ maxProbes: value })}
        />
      )}
    </>
  )
}
