import type { VNode } from 'preact'
import { entropyCeiling } from '../session/strip-geometry.ts'
import type { ShownAnswer } from '../state/session.ts'
import { formatNats } from './format.ts'
import { usePage } from './page-context.ts'

/** Entropy of this device's own answer beside the threshold that it was held to. */
export function EntropyMeter({ entropyNats, thresholdNats, outcome }: Pick<ShownAnswer, 'entropyNats' | 'thresholdNats' | 'outcome'>): VNode {
  const { app } = usePage()
  const ceiling = entropyCeiling(app.bundle.opened.value?.manifest.classNames.length ?? 2)
  const percent = (nats: number): string => `${Math.min(100, (nats / ceiling) * 100).toFixed(1)}%`
  return (
    <div class="entropy">
      <div
        class="entropy-track"
        role="meter"
        aria-label="Entropy of this device’s own answer, in nats"
        aria-valuemin={0}
        aria-valuemax={Number(ceiling.toFixed(2))}
        aria-valuenow={Number(entropyNats.toFixed(2))}
      >
        <div class="entropy-value" data-outcome={outcome} style={{ width: percent(entropyNats) }} />
        <div class="entropy-threshold" style={{ left: percent(thresholdNats) }} />
      </div>
      <p>
        Entropy {formatNats(entropyNats)} <span>· certain below {formatNats(thresholdNats)} nats</span>
      </p>
    </div>
  )
}
