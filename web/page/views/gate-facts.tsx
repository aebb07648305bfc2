import type { VNode } from 'preact'
import { formatCount, formatNats, formatShare } from './format.ts'
import { usePage } from './page-context.ts'

/** What the gate is set to, and what it has learnt of the stream. */
export function GateFacts(): VNode {
  const { app } = usePage()
  const { thresholdNats, generalistThresholdNats, maxProbes, order, asksGeneralist } = app.gate.value
  const changeRate = app.gateControl.changeRate.value
  const { row, rows } = app.gateControl.locality.value
  const isAdaptive = app.settings.values.value.probing === 'adaptive'
  return (
    <section class="panel" aria-labelledby="gate-title" data-testid="gate-facts" data-row={row}>
      <h3 id="gate-title">The gate</h3>
      <p>
        {changeRate !== undefined && (
          <>
            It takes the scene to change about {frequency(changeRate)} (locality {row + 1} of {rows}).{' '}
          </>
        )}
        Certain below <strong>{formatNats(thresholdNats)}</strong> nats
        {asksGeneralist && <>, the generalist below {formatNats(Math.min(thresholdNats, generalistThresholdNats))}</>}. Asks{' '}
        {maxProbes === 0 ? 'no partition' : `up to ${formatCount(maxProbes)} ${maxProbes === 1 ? 'partition' : 'partitions'}`}
        {asksGeneralist && ' and the generalist'}; {order === 'least-entropy' ? 'the surest of all answers' : 'the first that is certain answers'}.
      </p>
      {isAdaptive && rows === 0 && <p class="muted">This bundle was calibrated for one kind of stream only, so there is nothing to adapt.</p>}
    </section>
  )
}

function frequency(changeRate: number): string {
  if (changeRate <= 0) return 'never'
  return changeRate > 0.5 ? `with ${formatShare(changeRate)} of the frames` : `every ${formatCount(Math.round(1 / changeRate))} frames`
}
