import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { createEdgeApi } from '../../core/client/edge-api.ts'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import type { Light } from '../../core/light/light.ts'
import { walkerSites } from '../../core/walkers/sites.ts'
import { temporaryFolder } from '../../edge/testing/bundle-folder.ts'
import { startEdgeProcess } from '../../edge/testing/edge-process.ts'
import type { Split } from '../../train/data/dataset.ts'
import { drawStrangers } from '../../train/data/strangers.ts'
import { startTrainingBackend } from '../../train/kernels/register.ts'
import { readBundle } from '../../train/models/read-bundle.ts'
import { relight } from '../../train/places/fit-light.ts'
import { currentCommit } from '../../train/run/commit.ts'
import { machine } from '../harness/machine.ts'
import { watchOtherWork } from '../harness/other-work.ts'
import { quantile, spreadOf } from '../harness/spread.ts'
import { writeResult } from '../harness/write-result.ts'
import { measureLatency } from './measure-latency.ts'
import { playVisit, type PlayedVisit } from './play-visit.ts'
import type { PlacesBenchSettings } from './settings.ts'
import { drawVisit, unseenSites, type UnseenSite } from './visits.ts'
import { watchLearning } from './watch-learning.ts'

const bundleId = 'people'
/** What training never saw: it drew 0.78 to 1.14 of the light, as good as white. */
const lights: readonly (readonly [name: string, light: Light])[] = [
  ['at dusk', { gain: [0.5, 0.5, 0.5], offset: [0, 0, 0] }],
  ['under a lamp', { gain: [0.9, 0.65, 0.4], offset: [0, 0, 0] }],
  ['in haze', { gain: [0.45, 0.45, 0.45], offset: [0.4, 0.4, 0.4] }],
]
const asDrawn: Light = { gain: [1, 1, 1], offset: [0, 0, 0] }
const [baselineFrames, leastLatencies] = [100, 50]
/** Longest that all of one place may take. */
const placeLimitMs = 1_800_000

interface PlaceToLearn {
  readonly name: string
  readonly kind: 'light' | 'camera'
  readonly site: UnseenSite
  readonly light: Light
}

interface LearnedResult {
  readonly place: string
  readonly kind: PlaceToLearn['kind']
  /** Of the same frames: with the bundle as it was, and as it is after so many visits. */
  readonly secondVisit: { readonly before: Figures; readonly after: Figures }
  readonly fourthVisit: { readonly before: Figures; readonly after: Figures }
  /** Shares of frames that show nobody whom the bundle knows, and that the device answers. */
  readonly strangersAnswered: {
    /** Of people whom nobody knows, who come by there; and in the light that training saw. */
    readonly people: BeforeAndAfter & { readonly inTrainedLight: number }
    /** Of drawn pictures, as a wall or the inside of a pocket. */
    readonly pictures: BeforeAndAfter
  }
  readonly secondsToLearn: readonly number[]
  readonly latencyMs: { readonly before: readonly number[]; readonly whileLearning: readonly number[] }
  /** What the edge says of it in the end. */
  readonly says: readonly string[]
}
type Figures = Omit<PlayedVisit, 'sent'>
interface BeforeAndAfter {
  readonly before: number
  readonly after: number
}

const figuresOf = ({ sent: _, ...figures }: PlayedVisit): Figures => figures

function visitOf({ site, light }: PlaceToLearn, visit: number, frames: number, size: number): Split {
  return relight(drawVisit(site, visit, frames, size), light)
}

async function learnOne(
  place: PlaceToLearn,
  { bundles, frames, needed }: PlacesBenchSettings,
  say: (line: string) => void,
): Promise<LearnedResult> {
  const { folder, remove } = await temporaryFolder()
  const signal = AbortSignal.timeout(placeLimitMs)
  const [served, original] = [join(folder, 'bundles'), join(bundles, bundleId)]
  await cp(original, join(served, bundleId), { recursive: true })
  const edge = await startEdgeProcess([
    ...['--bundles', served, '--rate-limit', '0', '--log-level', 'error'],
    ...['--learn', bundleId, '--learn-folder', join(folder, 'places'), '--learn-frames', String(needed)],
  ])
  const api = createEdgeApi({ baseUrl: edge.origin })
  const watch = watchLearning(signal, api, bundleId)
  try {
    const { width } = (await readBundle(original)).manifest.input
    const bytes = width * width * 3
    const frameOf = ({ pixels }: Split, frame: number): Uint8Array<ArrayBuffer> =>
      Uint8Array.from(pixels.subarray(frame * bytes, (frame + 1) * bytes))
    const now = join(served, bundleId)
    const latencyMs = { before: [] as number[], whileLearning: [] as number[] }
    const visit = async (number: number): Promise<void> => {
      const split = visitOf(place, number, frames, width)
      const { sent } = await playVisit(now, split)
      // That took this thread for seconds: it has to hear which connections the edge has closed meanwhile.
      await new Promise((resolve) => setTimeout(resolve, 100))
      const sendOne = (frame: number, learnStream?: string): Promise<unknown> =>
        api.answerFrame(signal, bundleId, frameOf(split, frame), { learnStream })
      if (number === 0)
        latencyMs.before.push(
          ...(await measureLatency(
            () => sendOne(0),
            (count) => count >= baselineFrames,
          )),
        )
      for (const frame of sent) await sendOne(frame, `visit${number}`)
      if (watch.isLearning)
        latencyMs.whileLearning.push(
          ...(await measureLatency(
            () => sendOne(0),
            () => !watch.isLearning,
          )),
        )
      await watch.idle()
      const found = watch.places.map(({ name, stage, frames: kept }) => `${name} ${stage} (${kept})`)
      say(`${place.name}, visit ${number + 1}: ${sent.length} of ${frames} frames sent; ${found.join(', ')}`)
    }
    const compare = async (number: number): Promise<LearnedResult['secondVisit']> => {
      const split = visitOf(place, number, frames, width)
      return {
        before: figuresOf(await playVisit(original, split)),
        after: figuresOf(await playVisit(now, split)),
      }
    }
    await visit(0)
    const secondVisit = await compare(1)
    say(
      `${place.name}: misses of the second visit ${secondVisit.before.misses.toFixed(3)} → ${secondVisit.after.misses.toFixed(3)}`,
    )
    await visit(1)
    await visit(2)
    const fourthVisit = await compare(3)
    const nobody = {
      ...place,
      site: { ...place.site, identities: [9001, 9002, 9003, 9004, 9005, 9006, 9007, 9008] },
    }
    const strangersIn = (light: Light): Split =>
      visitOf({ ...nobody, light }, 3, Math.round(frames / 3), width)
    const answeredOf = async (bundle: string, shown: Split): Promise<number> =>
      1 - (await playVisit(bundle, shown, true)).misses
    const beforeAndAfter = async (shown: Split): Promise<BeforeAndAfter> => ({
      before: await answeredOf(original, shown),
      after: await answeredOf(now, shown),
    })
    return {
      place: place.name,
      kind: place.kind,
      secondVisit,
      fourthVisit,
      strangersAnswered: {
        people: {
          ...(await beforeAndAfter(strangersIn(place.light))),
          inTrainedLight: await answeredOf(original, strangersIn(asDrawn)),
        },
        pictures: await beforeAndAfter(drawStrangers({ kind: 'people', size: width }, 'test')),
      },
      secondsToLearn: watch.seconds,
      latencyMs,
      says: watch.places.flatMap(({ name, message }) =>
        message === undefined ? [] : [`${name}: ${message}`],
      ),
    }
  } finally {
    watch.close()
    await edge.stop()
    await remove()
  }
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length

/** Learns places that training never saw, on a real edge in a process of its own, and writes the numbers. */
export async function runPlacesBench(
  settings: PlacesBenchSettings,
  say: (line: string) => void,
): Promise<void> {
  await startTrainingBackend()
  const manifest = parseManifest((await readBundle(join(settings.bundles, bundleId))).manifest)
  const people = manifest.classNames.length
  const known = walkerSites(people, manifest.partitions.length)
  const places: PlaceToLearn[] = [
    ...known.slice(0, settings.lights).map((site, index): PlaceToLearn => {
      const [name, light] = lights[index % lights.length] ?? ['', asDrawn]
      return { name: `${site.name} ${name}`, kind: 'light', site: { ...site, index }, light }
    }),
    ...unseenSites(settings.cameras, known.length, people, 20).map((site): PlaceToLearn => ({
      name: site.name,
      kind: 'camera',
      site,
      light: asDrawn,
    })),
  ]
  const otherWork = watchOtherWork()
  const results: LearnedResult[] = []
  for (const place of places) results.push(await learnOne(place, settings, say))

  const ofKind = (kind: PlaceToLearn['kind']): object => {
    const some = results.filter((result) => result.kind === kind)
    return {
      missesAfterOneVisit: {
        before: mean(some.map(({ secondVisit }) => secondVisit.before.misses)),
        after: mean(some.map(({ secondVisit }) => secondVisit.after.misses)),
      },
      deviceShareAfterThree: {
        before: mean(some.map(({ fourthVisit }) => 1 - fourthVisit.before.misses)),
        after: mean(some.map(({ fourthVisit }) => 1 - fourthVisit.after.misses)),
      },
    }
  }
  const [before, whileLearning] = [
    results.flatMap(({ latencyMs }) => latencyMs.before),
    results.flatMap(({ latencyMs }) => latencyMs.whileLearning),
  ]
  const isEnough = whileLearning.length >= leastLatencies
  const ratio = quantile(whileLearning, 0.99) / quantile(before, 0.99)
  const seconds = results.flatMap(({ secondsToLearn }) => secondsToLearn)
  const result = {
    missesAfterOneVisit: {
      before: mean(results.map(({ secondVisit }) => secondVisit.before.misses)),
      after: mean(results.map(({ secondVisit }) => secondVisit.after.misses)),
    },
    deviceShareAfterThree: mean(results.map(({ fourthVisit }) => 1 - fourthVisit.after.misses)),
    secondsToLearn: seconds.length === 0 ? null : spreadOf(seconds),
    p99WhileLearning: {
      beforeMs: quantile(before, 0.99),
      whileLearningMs: isEnough ? quantile(whileLearning, 0.99) : null,
      ratio: isEnough ? ratio : null,
      frames: { before: before.length, whileLearning: whileLearning.length },
    },
    byKind: { light: ofKind('light'), camera: ofKind('camera') },
    command: 'npm run bench -- places',
    measuredAt: new Date().toISOString(),
    commit: await currentCommit(),
    machine: machine(),
    /** Cores that others kept busy meanwhile. */
    otherWorkCores: otherWork() ?? null,
    settings,
    places: results.map(({ latencyMs: _, ...rest }) => rest),
  }
  await writeResult(settings.out, result, say)
}
