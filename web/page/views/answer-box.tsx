import type { VNode } from 'preact'
import type { GateSettings } from '../../../core/gate/gate.ts'
import { entropyCeiling } from '../session/strip-geometry.ts'
import type { ShownAnswer } from '../state/session.ts'
import { Icon } from '../components/icon.tsx'
import { formatMs, formatNats, formatShare } from './format.ts'
import { usePage } from './page-context.ts'

const badgeTexts = { hit: 'On this device', miss: 'Edge', uncertain: 'Uncertain', pending: 'Asking the edge' } as const

/** Nobody is certain: not this device, and not the edge either, by the partitions' own measure. */
function isGuess({ outcome, edgeEntropyNats }: ShownAnswer, { thresholdNats }: GateSettings): boolean {
  return outcome === 'uncertain' || (edgeEntropyNats !== null && edgeEntropyNats > thresholdNats)
}

type Badge = keyof typeof badgeTexts

const badgeOf = ({ outcome, isPending }: ShownAnswer): Badge => (isPending ? 'pending' : outcome)

/** Label, certainty, who answered, and the entropy beside its threshold. */
export function AnswerBox(): VNode {
  const { app } = usePage()
  const { answer } = app.session.view.value
  if (answer === undefined) return <Legend />
  const badge = badgeOf(answer)
  const isUnsure = isGuess(answer, app.gate.value)
  return (
    <div class="answer">
      <p class="answer-badge" data-testid="answer-badge" data-outcome={badge}>
        {badge === 'miss' && isUnsure ? 'Edge, uncertain too' : badgeTexts[badge]}
      </p>
      <p class="answer-label" data-testid="answer-label" data-guess={isUnsure}>
        {answer.label}
      </p>
      <p class="answer-facts">
        <span>{formatShare(answer.certainty)} sure</span>
        <span>{networkText(answer)}</span>
        <span>{formatMs(answer.latencyMs)}</span>
      </p>
      <EntropyMeter entropyNats={answer.entropyNats} thresholdNats={answer.thresholdNats} outcome={answer.outcome} />
      {answer.trueLabel !== null && (
        <p class="answer-truth" data-testid="answer-truth" data-right={answer.trueLabel === answer.label}>
          <Icon name={answer.trueLabel === answer.label ? 'check' : 'close'} />
          {answer.trueLabel === answer.label ? 'Right' : `It is ${answer.trueLabel}`}
        </p>
      )}
    </div>
  )
}

/** Before the first frame: what the three kinds of answer mean. */
function Legend(): VNode {
  return (
    <dl class="legend">
      <dt class="answer-badge" data-outcome="hit">
        {badgeTexts.hit}
      </dt>
      <dd>A small network here is certain. Nothing is sent.</dd>
      <dt class="answer-badge" data-outcome="miss">
        {badgeTexts.miss}
      </dt>
      <dd>None here is certain: the edge answers this frame, and the partition that the scene needs is fetched.</dd>
      <dt class="answer-badge" data-outcome="uncertain">
        {badgeTexts.uncertain}
      </dt>
      <dd>No network: the best guess from here, and marked so.</dd>
    </dl>
  )
}

function networkText({ network }: ShownAnswer): string {
  if (network === 'full') return 'full model'
  return network === 'generalist' ? 'generalist' : `partition ${network}`
}

function EntropyMeter({ entropyNats, thresholdNats, outcome }: Pick<ShownAnswer, 'entropyNats' | 'thresholdNats' | 'outcome'>): VNode {
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
        Entropy here {formatNats(entropyNats)} <span>· certain below {formatNats(thresholdNats)}</span>
      </p>
    </div>
  )
}
