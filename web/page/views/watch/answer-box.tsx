import type { VNode } from 'preact'
import type { Manifest } from '../../../../core/bundle/manifest.ts'
import { Icon } from '../../components/icon.tsx'
import { partitionName } from '../../state/partition-name.ts'
import type { ShownAnswer } from '../../state/stream-view.ts'
import { badgeOf, badgeText, badgeTexts, isGuess, isNone, labelText } from './answer-badge.ts'
import { CertaintyRing } from './certainty-ring.tsx'
import { EntropyMeter } from './entropy-meter.tsx'
import { ClassPicture } from '../class-picture.tsx'
import { formatMs } from '../format.ts'
import { usePage } from '../page-context.ts'

/** Label, certainty, who answered, and how much doubt there is. */
export function AnswerBox(): VNode {
  const { app } = usePage()
  const answer = app.streamView.answer.value
  if (answer === undefined) return <Legend />
  const manifest = app.bundle.opened.value?.manifest
  const isOffline = app.edgeState.value === 'offline'
  const badge = badgeOf(answer, isOffline)
  const isUnsure = isGuess(answer)
  return (
    <div class="answer">
      <div class="answer-main">
        <div>
          <p
            class="answer-badge"
            data-testid="answer-badge"
            data-outcome={badge === 'offline' ? 'uncertain' : badge}
            data-sureness={answer.sureness}
            data-unsure={isUnsure}
            data-offline={badge === 'offline'}
          >
            {badgeText(answer, isOffline)}
          </p>
          <p class="answer-label" data-testid="answer-label" data-guess={isUnsure}>
            {!isNone(answer) && <ClassPicture index={classIndexOf(answer.label, manifest)} />}
            {labelText(answer)}
          </p>
          <p class="answer-facts">
            {isNone(answer) && <span>nearest: {answer.label}</span>}
            <span>{networkText(answer, manifest)}</span>
            <span>{formatMs(answer.latencyMs)}</span>
            {answer.agreement !== null && (
              <span>
                {answer.agreement.agreeing} of {answer.agreement.frames} agree
              </span>
            )}
            {isUnsure && answer.runnersUp.length > 0 && (
              <span data-testid="runners-up">or {answer.runnersUp.join(', ')}</span>
            )}
            {answer.trueLabel !== null && <Truth label={answer.label} trueLabel={answer.trueLabel} />}
          </p>
        </div>
        <CertaintyRing
          certainty={isNone(answer) ? undefined : answer.certainty}
          outcome={isUnsure ? 'uncertain' : badge}
        />
      </div>
      <EntropyMeter
        entropyNats={answer.entropyNats}
        thresholdNats={answer.thresholdNats}
        outcome={answer.outcome}
      />
    </div>
  )
}

function Truth({ label, trueLabel }: { readonly label: string; readonly trueLabel: string }): VNode {
  const isRight = trueLabel === label
  return (
    <span class="answer-truth" data-testid="answer-truth" data-right={isRight}>
      <Icon name={isRight ? 'check' : 'close'} />
      {isRight ? 'right' : `it is ${trueLabel}`}
    </span>
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
      <dd>It is not: the full model answers, at the edge or, where that is slow or away, on this device.</dd>
      <dt class="answer-badge" data-outcome="uncertain">
        {badgeTexts.uncertain}
      </dt>
      <dd>Nobody is: the best guess, and marked so. Or none of these.</dd>
    </dl>
  )
}

const classIndexOf = (label: string, manifest: Manifest | undefined): number =>
  manifest?.classNames.indexOf(label) ?? -1

/** Which network it was, in a person's words. */
function networkText({ network }: ShownAnswer, manifest: Manifest | undefined): string {
  if (network === 'full') return 'full model'
  return network === 'generalist' ? 'all-round network' : `specialist ${partitionName(manifest, network)}`
}
