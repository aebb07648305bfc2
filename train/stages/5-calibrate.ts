import type { GatePoint } from '../../core/bundle/manifest.ts'
import { softmax } from '../../core/gate/entropy.ts'
import { generalistId, type GateSettings } from '../../core/gate/gate.ts'
import { simulateStream, type AnswerTable } from '../../core/gate/simulate-stream.ts'
import { createRandom } from '../../core/random.ts'
import { drawFrames, sceneStream, type SceneKind } from '../../core/streams/scenes.ts'
import type { Predictions } from '../models/predict.ts'
import { answerTable, logitsOf, type SplitAnswers } from './answers.ts'
import { partitionId } from './4-partitions.ts'
import type { StageContext } from './context.ts'

const temperatureRange = [0.2, 5] as const
const thresholdSteps = 60

/** Mean −ln p of the true class. */
function negativeLogLikelihood(predictions: Predictions, labels: Int32Array, images: readonly number[], temperature: number): number {
  const sum = images.reduce((total, image) => total - Math.log(Math.max(1e-12, softmax(logitsOf(predictions, image), temperature)[labels[image]!]!)), 0)
  return sum / images.length
}

/** The temperature of least negative log-likelihood (Guo et al. 2017), by golden-section search over its logarithm. */
export function fitTemperature(predictions: Predictions, labels: Int32Array, images: readonly number[]): number {
  if (images.length === 0) return 1
  const ratio = (Math.sqrt(5) - 1) / 2
  let [low, high] = temperatureRange.map(Math.log) as [number, number]
  const cost = (logTemperature: number): number => negativeLogLikelihood(predictions, labels, images, Math.exp(logTemperature))
  for (let round = 0; round < 20; round++) {
    const [left, right] = [high - ratio * (high - low), low + ratio * (high - low)]
    if (cost(left) < cost(right)) high = right
    else low = left
  }
  return Math.exp((low + high) / 2)
}

/** A stream over the images of a split: which image each frame shows. */
export function imageStream(context: StageContext, labels: Int32Array, stream: { kind: SceneKind; meanLength: number; frames: number }, name: string): number[] {
  const { classNames } = context.dataset
  const byClass: number[][] = classNames.map(() => [])
  for (const [image, label] of labels.entries()) byClass[label]!.push(image)
  const seed = `${context.config.seed}-${name}-${stream.kind}-${stream.meanLength}`
  return drawFrames(sceneStream({ ...stream, classNames, seed }), byClass, createRandom(`${seed}-images`))
}

/** τ from 0 to ln C, denser near 0, where certain answers are. */
const thresholdGrid = (classes: number): number[] =>
  Array.from({ length: thresholdSteps + 1 }, (_, step) => Math.log(classes) * (step / thresholdSteps) ** 2)

/** The stream at every threshold that `settingsAt` makes settings of. */
export function gateCurve(
  images: readonly number[],
  table: AnswerTable,
  classes: number,
  cacheEntries: number,
  settingsAt: (thresholdNats: number) => GateSettings,
): (GatePoint & { fullAccuracy: number })[] {
  return thresholdGrid(classes).map((thresholdNats) => {
    const { coverage, accuracyOnHits, accuracy, fullAccuracy } = simulateStream(images, table, settingsAt(thresholdNats), { cacheEntries, keepShare: 1 })
    return { thresholdNats, coverage, accuracyOnHits, accuracyOfWhole: accuracy, fullAccuracy }
  })
}

/** The largest coverage at which the whole loses no more than `tolerance` against the full model. */
export function chooseThreshold(curve: readonly (GatePoint & { fullAccuracy: number })[], tolerance: number): GatePoint {
  const allowed = curve.filter(({ accuracyOfWhole, fullAccuracy }) => accuracyOfWhole >= fullAccuracy - tolerance)
  return allowed.reduce((best, point) => (point.coverage > best.coverage ? point : best), allowed[0]!)
}

export interface Calibration {
  /** By id: partitions, the generalist and `full`. */
  readonly temperatures: ReadonlyMap<string, number>
  readonly gate: GateSettings
  readonly curve: readonly GatePoint[]
  /** The plain Cascade gets its own best threshold on the same stream. */
  readonly cascadeGate: GateSettings
}

/** Stage 5, on validation images: temperatures, then the thresholds of CacheNet and of the plain Cascade on the same stream. */
export function calibrate(context: StageContext, validation: SplitAnswers): Calibration {
  const { config, dataset } = context
  const { streamKind, streamLength, streamFrames, cacheEntries, mostProbes, accuracyTolerance } = config.gate
  const all = Array.from(validation.labels, (_, image) => image)
  const temperatures = new Map<string, number>([
    ['full', fitTemperature(validation.full, validation.labels, all)],
    [generalistId, fitTemperature(validation.networks.get(generalistId)!, validation.labels, all)],
  ])
  for (let index = 0; index < config.partitionCount; index++) {
    const inRegion = all.filter((image) => validation.chosen[image] === index)
    temperatures.set(partitionId(index), fitTemperature(validation.networks.get(partitionId(index))!, validation.labels, inRegion))
  }
  const table = answerTable(validation, temperatures)
  const images = imageStream(context, validation.labels, { kind: streamKind, meanLength: streamLength, frames: streamFrames }, 'calibration')
  const classes = dataset.classNames.length
  const cascadeAt = (nats: number): GateSettings => ({ thresholdNats: nats, generalistThresholdNats: nats, maxProbes: 1, order: 'recent-first', asksGeneralist: false })
  const cascade = chooseThreshold(gateCurve(images, table, classes, 0, cascadeAt), accuracyTolerance)
  // The generalist answers before the first partition has come: as strictly as it would all alone.
  const candidates = Array.from({ length: mostProbes }, (_, index) => {
    const gateAt = (nats: number): GateSettings => ({ ...cascadeAt(cascade.thresholdNats), thresholdNats: nats, maxProbes: index + 1 })
    const curve = gateCurve(images, table, classes, cacheEntries, gateAt)
    const chosen = chooseThreshold(curve, accuracyTolerance)
    return { gate: gateAt(chosen.thresholdNats), curve, coverage: chosen.coverage }
  })
  // A further probe costs a fraction of a millisecond, a miss a round trip: coverage decides.
  const { gate, curve } = candidates.reduce((best, candidate) => (candidate.coverage > best.coverage ? candidate : best))
  return {
    temperatures,
    gate,
    curve: curve.map(({ fullAccuracy: _, ...point }) => point),
    cascadeGate: cascadeAt(cascade.thresholdNats),
  }
}
