import type { GatePoint, GateSettings, ScenePriorSettings } from '../../core/gate/settings.ts'
import type { Spent } from './expected-time.ts'
import type { AnswerTable } from '../../core/gate/answer-table.ts'
import { simulateStream, type SimulatedDevice } from '../../core/gate/simulate-stream.ts'
import { isWorthUsing } from './is-worth-using.ts'
import { lossError } from './loss-error.ts'

const thresholdSteps = 96
/** A search looks at every so many steps first. */
const coarseSteps = 8

/**
 * No threshold is looser than so much of ln C: where everything passes, nothing is ever uncertain, and
 * nothing can contradict the gate.
 */
export const loosestShare = 0.5

const loosest = (classes: number): number => loosestShare * Math.log(classes)

/** τ from 0 to the loosest, denser near 0, where certain answers are. */
const thresholdAt = (step: number, classes: number): number => loosest(classes) * (step / thresholdSteps) ** 2
const allSteps = Array.from({ length: thresholdSteps + 1 }, (_, step) => step)

/** A stream of validation images under answers that were computed before. */
export interface CalibrationStream {
  readonly images: readonly number[]
  readonly table: AnswerTable
  readonly classes: number
  readonly device: SimulatedDevice
  /**
   * Accuracy of the full model that knows of the scene what the gate knows: what the whole is held against.
   */
  readonly edgeSceneAccuracy: number
  /**
   * Whether that model is right (1) or not (0) on each frame: what is lost is then known with its error. Left
   * out, the error counts as 0.
   */
  readonly edgeSceneRight?: Uint8Array | undefined
}

export interface CurvePoint extends GatePoint, Omit<Spent, 'coverage'> {
  readonly fullAccuracy: number
  readonly edgeSceneAccuracy: number
  /** Standard error of what is lost against *Edge + scene*, as a share: the stream is a sample of scenes. */
  readonly lossError: number
}

/** The stream at thresholds that `settingsAt` makes settings of: all of the grid, or some of its steps. */
export const gateCurve = (
  stream: CalibrationStream,
  settingsAt: (thresholdNats: number) => GateSettings,
  steps: readonly number[] = allSteps,
): CurvePoint[] => steps.map((step) => pointOf(stream, settingsAt(thresholdAt(step, stream.classes))))

function pointOf(
  { images, table, device, edgeSceneAccuracy, edgeSceneRight }: CalibrationStream,
  gate: GateSettings,
): CurvePoint {
  const { coverage, accuracyOnHits, accuracy, fullAccuracy, networksAsked, partitionsAsked, rightFrames } =
    simulateStream(images, table, gate, device)
  return {
    thresholdNats: gate.thresholdNats,
    coverage,
    accuracyOnHits,
    accuracyOfWhole: accuracy,
    fullAccuracy,
    edgeSceneAccuracy,
    networksAsked,
    partitionsAsked,
    lossError: edgeSceneRight === undefined ? 0 : lossError(edgeSceneRight, rightFrames),
  }
}

/** A first look at a stream takes so much of it, where that still is a stream. */
const [sampleShare, leastSample] = [0.25, 2000]

/**
 * What `chooseThreshold` takes of the whole curve, where accuracy falls and coverage grows with the
 * threshold, from a fifth of its points: every eighth step on a part of the stream, and from the best of them
 * up or down, in ever smaller steps.
 */
function searchThreshold(
  stream: CalibrationStream,
  settingsAt: (thresholdNats: number) => GateSettings,
  tolerance: number,
): CurvePoint {
  const sampled = Math.round(sampleShare * stream.images.length)
  // Where to begin, and nothing more: its own error does not count.
  const sample =
    sampled < leastSample
      ? stream
      : { ...stream, images: stream.images.slice(0, sampled), edgeSceneRight: undefined }
  const rough = stepOf(
    chooseThreshold(
      gateCurve(
        sample,
        settingsAt,
        allSteps.filter((step) => step % coarseSteps === 0),
      ),
      tolerance,
    ).thresholdNats,
    stream.classes,
  )
  const known = new Map<number, CurvePoint>()
  const at = (step: number): CurvePoint => {
    const point = known.get(step) ?? gateCurve(stream, settingsAt, [step])[0]!
    known.set(step, point)
    return point
  }
  const isAllowed = (step: number): boolean => step <= thresholdSteps && keepsLine(at(step), tolerance)
  let allowed = rough
  while (allowed > 0 && !isAllowed(allowed)) allowed = Math.max(0, allowed - coarseSteps)
  while (isAllowed(allowed + coarseSteps)) allowed += coarseSteps
  for (let step = coarseSteps / 2; step >= 1; step /= 2) if (isAllowed(allowed + step)) allowed += step
  return at(allowed)
}

/**
 * With its standard error: of many settings the one that answers most is also the one that was luckiest on
 * this sample of scenes, and loses more on the next.
 */
const keepsLine = (point: CurvePoint, tolerance: number): boolean =>
  point.accuracyOfWhole >= point.edgeSceneAccuracy - tolerance + point.lossError && isWorthUsing(point)

const stepOf = (thresholdNats: number, classes: number): number =>
  Math.round(thresholdSteps * Math.sqrt(thresholdNats / loosest(classes)))

/**
 * The largest coverage at which the whole loses no more than `tolerance` against *Edge + scene*; τ = 0 where
 * none does.
 */
export function chooseThreshold(curve: readonly CurvePoint[], tolerance: number): CurvePoint {
  const allowed = curve.filter((point) => keepsLine(point, tolerance))
  return allowed.reduce(
    (best, point) => (point.coverage > best.coverage ? point : best),
    allowed[0] ?? curve[0]!,
  )
}

export interface ChosenGate {
  readonly gate: GateSettings
  readonly point: CurvePoint
}

export interface GateOptions {
  /** Partitions that may be asked about a frame; 0: the generalist alone. */
  readonly mostProbes: number
  /** How much accuracy of the whole may be lost against *Edge + scene*, as a share. */
  readonly tolerance: number
  /** How the generalist is asked without a scene prior: as the plain Cascade asks it. */
  readonly cascade: GateSettings
  /** Scene priors to choose from; the gate is tried without one too. */
  readonly scenePriors: readonly ScenePriorSettings[]
  /** Shares of the scene that a partition must know to be asked, to choose from. */
  readonly leastBeliefs: readonly number[]
  /** See `GateSettings`. */
  readonly testEvery?: number | undefined
  /** Expected milliseconds of a frame. */
  readonly costOf: (spent: Spent) => number
}

/** What costs less by less than this is taken for equal: the stream is a sample. */
const leastGain = 0.995

/** What is right more often by less than this is taken for equal, too. */
const leastRightGain = 0.001

/**
 * Which of two keeps the accuracy line; of two that both do, or both do not, which costs clearly less; of two
 * that cost the same, which is clearly right more often: it has more to lose where the stream is another one.
 */
export function isAhead(
  a: ChosenGate,
  b: ChosenGate,
  { tolerance, costOf }: Pick<GateOptions, 'tolerance' | 'costOf'>,
): boolean {
  const isWithin = keepsLine(a.point, tolerance)
  if (isWithin !== keepsLine(b.point, tolerance)) return isWithin
  const [cost, other] = [costOf(a.point), costOf(b.point)]
  if (cost < leastGain * other) return true
  if (other < leastGain * cost) return false
  return a.point.accuracyOfWhole > b.point.accuracyOfWhole + leastRightGain
}

type WayToAsk = Omit<GateSettings, 'thresholdNats'>

type Alone = Pick<GateSettings, 'looksTwice' | 'scenePrior' | 'testEvery'>

/** The generalist alone at one threshold: a plain Cascade. */
export const cascadeAt = (
  nats: number,
  { looksTwice = false, scenePrior, testEvery }: Alone = {},
): GateSettings => ({
  thresholdNats: nats,
  generalistThresholdNats: nats,
  maxProbes: 0,
  order: 'recent-first',
  asksGeneralist: true,
  ...(looksTwice ? { looksTwice } : {}),
  ...(scenePrior === undefined ? {} : { scenePrior }),
  // Without a prior every frame is judged by itself: there is no belief to test.
  ...(testEvery === undefined || scenePrior === undefined ? {} : { testEvery }),
})

/** Whether the generalist may look twice: only where the table knows what it would see. */
const looksOf = ({ table }: CalibrationStream): boolean[] =>
  table.secondLook === undefined ? [false] : [false, true]

/**
 * The generalist alone, once or twice, under one scene prior or none: each at the best threshold of its own,
 * and of these the best.
 */
export function chooseAlone(
  stream: CalibrationStream,
  scenePriors: readonly (ScenePriorSettings | undefined)[],
  options: Pick<GateOptions, 'tolerance' | 'costOf' | 'testEvery'>,
): ChosenGate | undefined {
  const candidates = scenePriors.flatMap((scenePrior) =>
    looksOf(stream).map((looksTwice): ChosenGate => {
      const gateAt = (nats: number): GateSettings =>
        cascadeAt(nats, { looksTwice, scenePrior, testEvery: options.testEvery })
      const point = searchThreshold(stream, gateAt, options.tolerance)
      return { gate: gateAt(point.thresholdNats), point }
    }),
  )
  const [first, ...others] = candidates
  return first === undefined
    ? undefined
    : others.reduce((best, candidate) => (isAhead(candidate, best, options) ? candidate : best), first)
}

/**
 * With partitions, misses that are left are dearer in accuracy: the generalist may have to be stricter than
 * it would be alone.
 */
const strictness = [1, 0.5, 0.2]

/**
 * Ways to ask the partition of the scene: from which belief on, with or without the generalist behind it, and
 * how strict that is.
 */
function waysByScene(
  { leastBeliefs }: GateOptions,
  { thresholdNats: _, ...alone }: GateSettings,
): WayToAsk[] {
  const { looksTwice: _twice, ...once } = alone
  return leastBeliefs.flatMap((leastBelief) =>
    [false, true].flatMap((asksGeneralist) =>
      strictness.map((share) => ({
        ...(asksGeneralist ? alone : once),
        maxProbes: 1,
        asksGeneralist,
        leastBelief,
        generalistThresholdNats: share * alone.generalistThresholdNats,
      })),
    ),
  )
}

/**
 * Ways to ask with up to `mostProbes` of the most recent partitions: how many, in which order, with or
 * without the generalist behind them.
 */
function waysByRecency(
  { mostProbes }: GateOptions,
  { thresholdNats: _, ...alone }: GateSettings,
): WayToAsk[] {
  const ways: WayToAsk[] = []
  for (let maxProbes = 1; maxProbes <= mostProbes; maxProbes++) {
    for (const asksGeneralist of [false, true]) {
      ways.push({ ...alone, maxProbes, asksGeneralist })
      if (maxProbes > 1) ways.push({ ...alone, maxProbes, order: 'least-entropy', asksGeneralist })
    }
  }
  return ways
}

/**
 * The settings with the least expected time of a frame at which the whole keeps the accuracy line, of each
 * way to ask that with the largest coverage. Coverage alone would ask a second and a third network of every
 * frame to spare a few round trips, which costs a slow phone more than they do. Of equals the one that asks
 * less.
 */
export function chooseGate(stream: CalibrationStream, options: GateOptions): ChosenGate {
  const { mostProbes, cascade, scenePriors, tolerance } = options
  const search = (way: WayToAsk): ChosenGate => {
    const gateAt = (thresholdNats: number): GateSettings => ({ ...way, thresholdNats })
    const point = searchThreshold(stream, gateAt, tolerance)
    return { gate: gateAt(point.thresholdNats), point }
  }
  // What was seen before makes the generalist certain more often: its own threshold is another one under each
  // prior.
  const withPrior = chooseAlone(stream, scenePriors, options)
  const alone: ChosenGate[] = [
    { gate: cascade, point: pointOf(stream, cascade) },
    ...(withPrior === undefined ? [] : [withPrior]),
  ]
  const hasHeads = (stream.table.heads?.size ?? 0) > 0
  const ways =
    mostProbes === 0
      ? []
      : hasHeads
        ? withPrior === undefined
          ? []
          : waysByScene(options, withPrior.gate)
        : alone.flatMap(({ gate }) => waysByRecency(options, gate))
  return [...alone, ...ways.map(search)].reduce((best, candidate) =>
    isAhead(candidate, best, options) ? candidate : best,
  )
}
