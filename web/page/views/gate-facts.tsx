import type { VNode } from 'preact'
import type { App } from '../app.ts'
import { formatCount, formatNats, formatShare } from './format.ts'
import { usePage } from './page-context.ts'

/** What the gate is set to, and what it has learnt of the stream. */
export function GateFacts(): VNode {
  const { app } = usePage()
  const { thresholdNats, generalistThresholdNats, maxProbes, order, asksGeneralist, looksTwice = false, scenePrior } = app.gate.value
  const ofGeneralist = Math.min(thresholdNats, generalistThresholdNats)
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
        {maxProbes === 0 ? (
          <>
            Asks the generalist alone, which is certain below <strong>{formatNats(ofGeneralist)}</strong> nats.
          </>
        ) : (
          <>
            Certain below <strong>{formatNats(thresholdNats)}</strong> nats
            {asksGeneralist && ofGeneralist < thresholdNats && <>, the generalist below {formatNats(ofGeneralist)}</>}. Asks up to {formatCount(maxProbes)} {maxProbes === 1 ? 'partition' : 'partitions'}
            {asksGeneralist && ' and the generalist'}; {order === 'least-entropy' ? 'the surest of all answers' : 'the first that is certain answers'}.
          </>
        )}
        {looksTwice && (asksGeneralist || maxProbes === 0) && ' Where nothing is certain, the generalist looks at the mirror image too.'}
      </p>
      {scenePrior !== undefined && (
        <p data-testid="scene-prior">
          Goes by {scenePrior.knowsScenes === true && 'the scenes that the bundle knows and by '}what the last frames showed (about {formatCount(scenePrior.memoryFrames)} of them).{' '}
          {scenePrior.knowsScenes === true && <BelievedScene app={app} />} Expects <strong>{expectation(app)}</strong>.
        </p>
      )}
      {isAdaptive && rows === 0 && <p class="muted">This bundle was calibrated for one kind of stream only, so there is nothing to adapt.</p>}
    </section>
  )
}

/** What the stream is taken for, in words. */
function BelievedScene({ app: { gateControl, bundle } }: { readonly app: App }): VNode | null {
  const scene = gateControl.believedScene()
  if (scene === undefined) return null
  const classNames = bundle.opened.value?.manifest.classNames ?? []
  const names = scene.classes.map((index) => classNames[index] ?? '').join(' and ')
  const words = { places: scene.name ?? '', strange: '', single: `a scene of ${names} alone`, pairs: `a scene of ${names}`, iid: 'a stream of everything alike', open: 'a scene that the bundle does not know' }
  return (
    <>
      Takes this for <strong>{words[scene.kind]}</strong> ({formatShare(scene.chance)}).
    </>
  )
}

/** More names would not be read in the time that a frame lasts. */
const mostNamed = 3

/** The classes that the scene makes likelier than chance, the likeliest first. */
function expectation({ gateControl, bundle }: App): string {
  const classNames = bundle.opened.value?.manifest.classNames ?? []
  const likely = Array.from(gateControl.scene.factors() ?? [], (factor, index) => ({ factor, name: classNames[index] ?? '' }))
    .filter(({ factor }) => factor > 1.01)
    .sort((a, b) => b.factor - a.factor)
    .slice(0, mostNamed)
  return likely.length === 0 ? 'anything' : likely.map(({ factor, name }) => `${name} ${formatShare(factor / classNames.length)}`).join(', ')
}

function frequency(changeRate: number): string {
  if (changeRate <= 0) return 'never'
  if (changeRate === 1) return 'with every frame'
  return changeRate > 0.5 ? `with ${formatShare(changeRate)} of the frames` : `every ${formatCount(Math.round(1 / changeRate))} frames`
}
