import type { GatePoint } from '../../core/bundle/manifest.ts'
import { secondLookId, type GateSettings } from '../../core/gate/gate.ts'
import type { ScenePriorSettings } from '../../core/gate/scene-prior.ts'
import { simulateStream, type AnswerTable, type SimulatedDevice } from '../../core/gate/simulate-stream.ts'
import { isWorthUsing } from './is-worth-using.ts'

const thresholdSteps = 96
/** A search looks at every so many steps first. */
const coarseSteps = 8

/** τ from 0 to ln C, denser near 0, where certain answers are. */
const thresholdAt = (step: number, classes: number): number => Math.log(classes) * (step / thresholdSteps) ** 2
const allSteps = Array.from({ length: thresholdSteps + 1 }, (_, step) => step)

/** A stream of validation images under answers that were computed before. */
export interface CalibrationStream {
  readonly images: readonly number[]
  readonly table: AnswerTable
  readonly classes: number
  readonly device: SimulatedDevice
}

export interface CurvePoint extends GatePoint {
  readonly fullAccuracy: number
  readonly networksAsked: number
}

/** The stream at thresholds that `settingsAt` makes settings of: all of the grid, or some of its steps. */
export const gateCurve = (stream: CalibrationStream, settingsAt: (thresholdNats: number) => GateSettings, steps: readonly number[] = allSteps): CurvePoint[] =>
  steps.map((step) => pointOf(stream, settingsAt(thresholdAt(step, stream.classes))))

function pointOf({ images, table, device }: CalibrationStream, gate: GateSettings): CurvePoint {
  const { coverage, accuracyOnHits, accuracy, fullAccuracy, networksAsked } = simulateStream(images, table, gate, device)
  return { thresholdNats: gate.thresholdNats, coverage, accuracyOnHits, accuracyOfWhole: accuracy, fullAccuracy, networksAsked }
}

/** A first look at a stream takes so much of it, where that still is a stream. */
const [sampleShare, leastSample] = [0.25, 2000]

/**
 * What `chooseThreshold` takes of the whole curve, where accuracy falls and coverage grows with the threshold, from a fifth of its points: every
 * eighth step on a part of the stream, and from the best of them up or down, in ever smaller steps.
 */
function searchThreshold(stream: CalibrationStream, settingsAt: (thresholdNats: number) => GateSettings, tolerance: number): CurvePoint {
  const sampled = Math.round(sampleShare * stream.images.length)
  const sample = sampled < leastSample ? stream : { ...stream, images: stream.images.slice(0, sampled) }
  const rough = stepOf(chooseThreshold(gateCurve(sample, settingsAt, allSteps.filter((step) => step % coarseSteps === 0)), tolerance).thresholdNats, stream.classes)
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

const keepsLine = (point: CurvePoint, tolerance: number): boolean => point.accuracyOfWhole >= point.fullAccuracy - tolerance && isWorthUsing(point)

const stepOf = (thresholdNats: number, classes: number): number => Math.round(thresholdSteps * Math.sqrt(thresholdNats / Math.log(classes)))

/** The largest coverage at which the whole loses no more than `tolerance` against the full model; τ = 0 where none does. */
export function chooseThreshold(curve: readonly CurvePoint[], tolerance: number): CurvePoint {
  const allowed = curve.filter((point) => keepsLine(point, tolerance))
  return allowed.reduce((best, point) => (point.coverage > best.coverage ? point : best), allowed[0] ?? curve[0]!)
}

export interface ChosenGate {
  readonly gate: GateSettings
  readonly point: CurvePoint
}

export interface GateOptions {
  /** Partitions that may be asked about a frame. */
  readonly mostProbes: number
  /** How much accuracy of the whole may be lost against the full model, as a share. */
  readonly tolerance: number
  /** How the generalist is asked without a scene prior: as the plain Cascade asks it. */
  readonly cascade: GateSettings
  /** Scene priors to choose from; the gate is tried without one too. */
  readonly scenePriors: readonly ScenePriorSettings[]
  /** What a miss costs beyond the networks that were asked on the device, in runs of one of these. */
  readonly missCost: number
}

/** Expected cost of a frame in runs of a small network: those that are asked, and for a miss what the way to the edge takes. */
export const frameCost = ({ networksAsked, coverage }: Pick<CurvePoint, 'networksAsked' | 'coverage'>, missCost: number): number => networksAsked + (1 - coverage) * missCost

/** What costs less by less than this is taken for equal: the stream is a sample. */
const leastGain = 0.995

/** Which of two keeps the accuracy line; of two that both do, or both do not, which costs clearly less. */
export function isAhead(a: ChosenGate, b: ChosenGate, { tolerance, missCost }: Pick<GateOptions, 'tolerance' | 'missCost'>): boolean {
  const isWithin = keepsLine(a.point, tolerance)
  return isWithin === keepsLine(b.point, tolerance) ? frameCost(a.point, missCost) < leastGain * frameCost(b.point, missCost) : isWithin
}

type WayToAsk = Omit<GateSettings, 'thresholdNats'>

type Alone = Pick<GateSettings, 'looksTwice' | 'scenePrior'>

/** The generalist alone at one threshold: a plain Cascade. */
export const cascadeAt = (nats: number, { looksTwice = false, scenePrior }: Alone = {}): GateSettings => ({
  thresholdNats: nats,
  generalistThresholdNats: nats,
  maxProbes: 0,
  order: 'recent-first',
  asksGeneralist: true,
  ...(looksTwice ? { looksTwice } : {}),
  ...(scenePrior === undefined ? {} : { scenePrior }),
})

/** Whether the generalist may look twice: only where the table knows what it would see. */
const looksOf = ({ table }: CalibrationStream): boolean[] => (table.entropies.has(secondLookId) ? [false, true] : [false])

/** The generalist alone, once or twice, under one scene prior or none: each at the best threshold of its own, and of these the best. */
export function chooseAlone(stream: CalibrationStream, scenePriors: readonly (ScenePriorSettings | undefined)[], options: Pick<GateOptions, 'tolerance' | 'missCost'>): ChosenGate | undefined {
  const candidates = scenePriors.flatMap((scenePrior) =>
    looksOf(stream).map((looksTwice): ChosenGate => {
      const gateAt = (nats: number): GateSettings => cascadeAt(nats, { looksTwice, scenePrior })
      const point = searchThreshold(stream, gateAt, options.tolerance)
      return { gate: gateAt(point.thresholdNats), point }
    }),
  )
  const [first, ...others] = candidates
  return first === undefined ? undefined : others.reduce((best, candidate) => (isAhead(candidate, best, options) ? candidate : best), first)
}

/** Ways to ask with up to `mostProbes` partitions: how many, in which order, with or without the generalist behind them. */
function waysToAsk(mostProbes: number, { thresholdNats: _, ...alone }: GateSettings): WayToAsk[] {
  const ways: WayToAsk[] = [alone]
  for (let maxProbes = 1; maxProbes <= mostProbes; maxProbes++) {
    for (const asksGeneralist of [false, true]) {
      ways.push({ ...alone, maxProbes, asksGeneralist })
      if (maxProbes > 1) ways.push({ ...alone, maxProbes, order: 'least-entropy', asksGeneralist })
    }
  }
  return ways
}

/**
 * The settings with the least expected cost of a frame at which the whole keeps the accuracy line, of each way to ask that with the largest
 * coverage. Coverage alone would ask a second and a third network of every frame to spare a few round trips, which costs a slow phone more
 * than they do. Of equals the one that asks less.
 */
export function chooseGate(stream: CalibrationStream, options: GateOptions): ChosenGate {
  const { mostProbes, cascade, scenePriors, tolerance } = options
  const search = (way: WayToAsk): ChosenGate => {
    const gateAt = (thresholdNats: number): GateSettings => ({ ...way, thresholdNats })
    // The generalist alone has the threshold that was found for it.
    if (way.maxProbes === 0) return { gate: gateAt(way.generalistThresholdNats), point: pointOf(stream, gateAt(way.generalistThresholdNats)) }
    const point = searchThreshold(stream, gateAt, tolerance)
    return { gate: gateAt(point.thresholdNats), point }
  }
  // What was seen before makes the generalist certain more often: its own threshold is another one under each prior.
  // The prior that serves the generalist best is taken for the partitions too: to try each with every way to ask takes minutes.
  const withPrior = chooseAlone(stream, scenePriors, options)
  // Asked alone, the generalist never answers more loosely than its own threshold.
  const candidates = [cascade, ...(withPrior === undefined ? [] : [withPrior.gate])].flatMap((alone) => waysToAsk(mostProbes, alone).map(search))
  return candidates.reduce((best, candidate) => (isAhead(candidate, best, options) ? candidate : best))
}
