import type { ComponentChildren, VNode } from 'preact'
import { formatBytes, formatCount, formatMs, formatShare } from '../format.ts'
import { usePage } from '../page-context.ts'

const shareOf = (part: number, whole: number): string => (whole === 0 ? '–' : formatShare(part / whole, 1))
const time = (ms: number | undefined): string => (ms === undefined ? '–' : formatMs(ms))

/** What the stream adds up to. */
export function StreamFacts(): VNode {
  const { streamView } = usePage().app
  const { totals } = streamView.tally.value
  const latencies = streamView.log.latencies()
  return (
    <dl class="counters">
      <Counter name="hit-rate" label="By small networks">
        {shareOf(totals.hits, totals.frames)}
      </Counter>
      <Counter name="latency-hit" label="Their time">
        {time(latencies.medianHitMs)} <small>to {time(latencies.p95HitMs)}</small>
      </Counter>
      <Counter name="latency-miss" label="With the full model">
        {time(latencies.medianMissMs)} <small>to {time(latencies.p95MissMs)}</small>
      </Counter>
      <Counter name="accuracy" label="Right">
        {shareOf(totals.correct, totals.labelled)}
      </Counter>
      <Counter name="misses" label="Asked the edge">
        {formatCount(totals.misses - totals.missesHere)}
      </Counter>
      {totals.missesHere > 0 && (
        <Counter name="misses-here" label="Full model, here">
          {formatCount(totals.missesHere)}
        </Counter>
      )}
      <Counter name="uncertain" label="Uncertain">
        {formatCount(totals.uncertain)}
      </Counter>
      <Counter name="switches" label="Specialist changed">
        {formatCount(totals.switches)}
      </Counter>
      <Counter name="bytes-up" label="Sent">
        {formatBytes(totals.bytesUp)}
      </Counter>
      <Counter name="bytes-down" label="Received">
        {formatBytes(totals.bytesDown)}
      </Counter>
      {totals.audits > 0 && (
        <Counter name="audits" label="Checks that agree">
          {shareOf(totals.agreements, totals.audits)} <small>of {formatCount(totals.audits)}</small>
        </Counter>
      )}
    </dl>
  )
}

interface CounterProps {
  readonly name: string
  readonly label: string
  readonly children: ComponentChildren
}

function Counter({ name, label, children }: CounterProps): VNode {
  return (
    <div class="counter" data-testid={`counter-${name}`}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}
