import type { VNode } from 'preact'
import type { App } from '../../app.ts'
import { outlookWords } from '../../state/outlook-words.ts'
import { formatCount, formatDoubt, formatNats, formatShare } from '../format.ts'
import { usePage } from '../page-context.ts'

/** When this device answers by itself, and what it takes the stream for; numbers one tap away. */
export function GateFacts(): VNode {
  const { app } = usePage()
  const {
    maxProbes,
    asksGeneralist,
    looksTwice = false,
    thresholdNats,
    generalistThresholdNats,
  } = app.gate.value
  const ofGeneralist = Math.min(thresholdNats, generalistThresholdNats)
  const classes = app.bundle.opened.value?.manifest.classNames.length ?? 2
  const changeRate = app.gateControl.changeRate.value
  const { row, rows } = app.gateControl.locality.value
  return (
    <section class="panel" aria-labelledby="gate-title" data-testid="gate-facts" data-row={row}>
      <h3 id="gate-title">When this device answers</h3>
      <p>
        {changeRate !== undefined && <>The scene seems to change {frequency(changeRate)}. </>}
        {maxProbes === 0 ? (
          <>
            The all-round network answers up to a doubt of{' '}
            <strong>{formatDoubt(ofGeneralist, classes)}</strong>; beyond, the full model is asked.
          </>
        ) : (
          <>
            Up to {formatCount(maxProbes)} {maxProbes === 1 ? 'specialist is' : 'specialists are'} asked
            {asksGeneralist && ', then the all-round network'}; beyond a doubt of{' '}
            <strong>{formatDoubt(thresholdNats, classes)}</strong>, the full model.
          </>
        )}
        {looksTwice &&
          (asksGeneralist || maxProbes === 0) &&
          ' Where it doubts, it looks at the mirror image too.'}
      </p>
      <Outlook app={app} />
      {app.gateControl.isAdapting.value && rows === 0 && (
        <p class="muted">This bundle was made for one kind of stream only, so there is nothing to follow.</p>
      )}
      <Numbers app={app} />
    </section>
  )
}

/**
 * What the stream is taken for and what is expected of it: read at one moment, or they would contradict one
 * another.
 */
function Outlook({ app }: { readonly app: App }): VNode | null {
  // The scene changes with each frame, and is no signal: the sums, which follow the frames, say when to look
  // again.
  const { revision } = app.streamView.tally.value
  const outlook = revision < 0 ? undefined : app.gateControl.outlook()
  const { scenePrior } = app.gate.value
  if (outlook === undefined || scenePrior === undefined) return null
  const { scene, chance, expected } = outlookWords(
    outlook,
    app.bundle.opened.value?.manifest.classNames ?? [],
  )
  const names = expected.map(({ name, share }) => `${name} ${formatShare(share)}`).join(', ')
  return (
    <p data-testid="scene-prior">
      It goes by what the last frames showed.{' '}
      {scene !== null && (
        <>
          This looks like <strong data-testid="believed-scene">{scene}</strong> ({formatShare(chance)}).{' '}
        </>
      )}
      Next, it expects <strong data-testid="expected-classes">{names === '' ? 'anything' : names}</strong>.
    </p>
  )
}

function Numbers({ app }: { readonly app: App }): VNode {
  const { thresholdNats, generalistThresholdNats, maxProbes, order, scenePrior } = app.gate.value
  const { row, rows } = app.gateControl.locality.value
  return (
    <details class="numbers">
      <summary>In numbers</summary>
      <p>
        Thresholds of predictive entropy: partitions {formatNats(thresholdNats)} nats, generalist{' '}
        {formatNats(Math.min(thresholdNats, generalistThresholdNats))} nats. Partitions asked:{' '}
        {formatCount(maxProbes)},{' '}
        {order === 'least-entropy' ? 'the surest of all answers' : 'the first that is certain answers'}.{' '}
        {app.gateControl.isAdapting.value &&
          rows > 0 &&
          `Row ${row + 1} of the ${rows} that the bundle was calibrated for. `}
        {scenePrior !== undefined &&
          `The scene prior remembers about ${formatCount(scenePrior.memoryFrames)} frames.`}
      </p>
    </details>
  )
}

function frequency(changeRate: number): string {
  if (changeRate <= 0) return 'never'
  if (changeRate === 1) return 'with every frame'
  return changeRate > 0.5
    ? `with ${formatShare(changeRate)} of the frames`
    : `about every ${formatCount(Math.round(1 / changeRate))} frames`
}
