import type { ModelInput } from '../../../core/bundle/model-input.ts'
import { createWalker, type Walker } from '../../../core/walkers/body.ts'
import { walkerName, walkerNames } from '../../../core/walkers/names.ts'
import { renderWalker } from '../../../core/walkers/render.ts'
import { walkerCount } from '../../../core/walkers/sequence.ts'
import { createSession, type Session } from '../../../core/walkers/session.ts'
import { createSiteSession, siteName, type Site } from '../../../core/walkers/sites.ts'
import type { RawImage } from '../../messages/inference.ts'
import { giveWay as giveWayOnPage, type GiveWay } from '../platform/give-way.ts'
import type { DemoScript } from '../state/settings-schema.ts'
import { demoTakes, scriptedTakes, siteTakes, takeFrames } from './demo-stream.ts'
import { hasDemo, knownWalkers } from './demo-cast.ts'
import { createPace, type Rate } from './pace.ts'
import { createPictureSize } from './picture-size.ts'
import type { FrameSource } from './source.ts'

export { demoSites } from './demo-sites.ts'

/** Frames of a walk in a second where no rate says how many. */
const usualRate = 10

export interface DemoOptions {
  readonly input: ModelInput
  /** The bundle's: a name of a walker among them is a true label. */
  readonly classNames: readonly string[]
  /** Where the bundle's people come and go; left out where each recording has a place of its own. */
  readonly sites?: readonly Site[] | undefined
  readonly rate: () => Rate
  readonly seed: number
  /** Plays these walkers and ends; every frame of it, in order. */
  readonly script?: DemoScript | undefined
  readonly giveWay?: GiveWay
  readonly nowMs?: () => number
}

/**
 * The embedded demo: people walk towards the camera, drawn here, frame by frame. Needs no data and no
 * network.
 */
export function createDemoSource(options: DemoOptions): FrameSource {
  const {
    input,
    classNames,
    sites = [],
    rate,
    seed,
    script,
    giveWay = giveWayOnPage,
    nowMs = () => performance.now(),
  } = options
  const isLossless = script !== undefined
  const size = Math.max(input.width, input.height)
  const known = new Set(classNames)
  const walkers = new Map<number, Walker>()
  const walkerOf = (identity: number): Walker => {
    const walker = walkers.get(identity) ?? createWalker(identity)
    walkers.set(identity, walker)
    return walker
  }
  // People the bundle was trained on; where it was trained on something else, all of them.
  const cast = hasDemo(classNames)
    ? knownWalkers(classNames)
    : walkerNames(walkerCount).map((_, identity) => identity)

  return {
    kind: 'demo',
    isLossless,
    async *frames(signal) {
      const pace = createPace({ rate, isLossless, nowMs })
      const pictureSize = createPictureSize()
      const chosen = rate()
      const stepsPerSecond = chosen === 'max' || isLossless ? usualRate : chosen
      const endless =
        sites.length === 0 ? demoTakes(cast, seed, stepsPerSecond) : siteTakes(sites, seed, stepsPerSecond)
      const takes = script === undefined ? endless : scriptedTakes(script.walkers, script.hold)
      let session: Session | undefined
      let shownSite: number | undefined
      let due = await pace.next(signal)
      let number = 0
      for (const { identity, session: sessionNumber, step, site } of takeFrames(takes)) {
        // What passed while the frame before was answered is not even drawn. After a pause of hours that is a
        // lot.
        if (number++ < due) {
          await giveWay()
          continue
        }
        const walker = walkerOf(identity)
        if (session?.identity !== identity || session.session !== sessionNumber || shownSite !== site) {
          const options = { identity, split: 'test', session: sessionNumber } as const
          // A site's sessions are numbered among all sites; here they are counted as the takes count them.
          session =
            site === undefined
              ? createSession(options)
              : { ...createSiteSession(site, options), session: sessionNumber }
          shownSite = site
        }
        const scene = { walker, session, time: step / stepsPerSecond }
        const draw = (pixels: number): RawImage => ({
          width: pixels,
          height: pixels,
          rgba: renderWalker({ ...scene, size: pixels }),
        })
        const name = walkerName(identity)
        yield {
          image: draw(size),
          picture: () => pictureSize.draw(draw),
          name: `${name} · ${site === undefined ? sessionNumber + 1 : siteName(site)} · ${step}`,
          trueLabel: known.has(name) ? name : null,
        }
        due = await pace.next(signal)
      }
    },
  }
}
