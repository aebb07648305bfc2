import type { VNode } from 'preact'
import { entropyCeiling } from '../../stream-log/strip-geometry.ts'
import type { ShownAnswer } from '../../state/stream-view.ts'
import { formatDoubt, formatNats } from '../format.ts'
import { usePage } from '../page-context.ts'

/**
 * How much doubt there is in this device's own answer, beside how much is let pass; in nats for whoever
 * asks.
 */
export function EntropyMeter({
  entropyNats,
  thresholdNats,
  outcome,
}: Pick<ShownAnswer, 'entropyNats' | 'thresholdNats' | 'outcome'>): VNode {
  const { app } = usePage()
  const classes = app.bundle.opened.value?.manifest.classNames.length ?? 2
  const ceiling = entropyCeiling(classes)
  const percent = (nats: number): string => `${Math.min(100, (nats / ceiling) * 100).toFixed(1)}%`
  return (
    <div class="entropy">
      <div
        class="entropy-track"
        role="meter"
        aria-label="Doubt in this device’s own answer"
        aria-valuetext={formatDoubt(entropyNats, classes)}
        aria-valuemin={0}
        aria-valuemax={Number(ceiling.toFixed(2))}
        aria-valuenow={Number(entropyNats.toFixed(2))}
      >
        <div class="entropy-value" data-outcome={outcome} style={{ width: percent(entropyNats) }} />
        <div class="entropy-threshold" style={{ left: percent(thresholdNats) }} />
      </div>
      <details class="numbers">
        <summary>
          Doubt {formatDoubt(entropyNats, classes)}{' '}
          <span>· answers here up to {formatDoubt(thresholdNats, classes)}</span>
        </summary>
        <p>
          Entropy {formatNats(entropyNats)} of {formatNats(ceiling)} nats at most, with what the scene shows;
          threshold {formatNats(thresholdNats)} nats.
        </p>
      </details>
    </div>
  )
}
