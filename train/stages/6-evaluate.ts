import { createAdaptiveGate } from '../../core/gate/adaptive-gate.ts'
import { generalistId } from '../../core/gate/gate.ts'
import { simulateStream, type AnswerTable } from '../../core/gate/simulate-stream.ts'
import type { SceneKnowledge } from '../../core/gate/scene-filter.ts'
import type { SceneKind } from '../../core/streams/scenes.ts'
import { calibrationError } from '../calibration/calibration-error.ts'
import { imageStream } from '../calibration/image-stream.ts'
import { memberships, type Memberships } from '../objective/code.ts'
import { partitionId } from './4-partitions.ts'
import type { CalibratedGate, Calibration } from './5-calibrate.ts'
import { accuracyOf, answerTable, deltaId, priorTable, type SplitAnswers } from './answers.ts'
import type { EvaluationContext } from './context.ts'

/** Streams that every bundle is reported on. */
const reportedStreams: Record<string, { kind: SceneKind; meanLength: number; cacheEntries: number }> = {
  single100: { kind: 'single', meanLength: 100, cacheEntries: 1 },
  places100: { kind: 'places', meanLength: 100, cacheEntries: 2 },
  places10: { kind: 'places', meanLength: 10, cacheEntries: 2 },
  pairs100: { kind: 'pairs', meanLength: 100, cacheEntries: 2 },
  strange100: { kind: 'strange', meanLength: 100, cacheEntries: 2 },
  iid: { kind: 'iid', meanLength: 1, cacheEntries: 2 },
}

const reportedFrames = 30_000

/** Frames of a session where the data was recorded: `recorded64`, every session once. */
export const reportedSessionFrames = 64

export interface StreamMetrics {
  readonly accuracy: number
  readonly fullAccuracy: number
  readonly coverage: number
  readonly accuracyOnHits: number
  readonly switchRate: number
}

export interface Evaluation {
  readonly images: number
  readonly fullAccuracy: number
  readonly generalistAccuracy: number
  /** Share of the images that the code gives to each partition. */
  readonly partitionShares: readonly number[]
  /** Images by class and partition: `counts[class][partition]`. */
  readonly classByPartition: readonly (readonly number[])[]
  readonly inRegion: readonly {
    readonly partition: string
    readonly accuracy: number
    /** Of the partition in the form of its delta. */
    readonly deltaAccuracy: number
    readonly fullAccuracy: number
    readonly generalistAccuracy: number
    /** Of the generalist that is told the region, its classes masked to it as Cascade + prior does: what a partition beats that by is its own. */
    readonly priorAccuracy: number
    readonly aurocOutside: number
    readonly deltaAurocOutside: number
    /** AUROC of entropy as a detector of its own errors, inside the region. */
    readonly aurocErrors: number
    /** Expected calibration error inside the region, before and after temperature scaling. */
    readonly eceBefore: number
    readonly eceAfter: number
  }[]
  /** With the adaptive gate, as the product runs by default. */
  readonly streams: StreamTable
  /** With one setting for all streams. */
  readonly fixedGate: { readonly streams: StreamTable }
  /** Partitions as deltas only, adaptive gate of the whole ones. */
  readonly delta: { readonly streams: StreamTable }
  readonly cascade: { readonly thresholdNats: number; readonly streams: StreamTable }
  /** The plain Cascade with the scene prior and the adaptive gate: what CacheNet is without partitions. */
  readonly cascadeScene: { readonly streams: StreamTable }
  readonly cascadePrior: { readonly streams: StreamTable }
}

type StreamTable = Readonly<Record<string, StreamMetrics>>

/** Chance that a value of `high` is above one of `low`, ties counting half: the area under the ROC curve (Hanley & McNeil 1982). */
export function auroc(high: readonly number[], low: readonly number[]): number {
  if (high.length === 0 || low.length === 0) return 0.5
  const all = [...high.map((value) => ({ value, isHigh: true })), ...low.map((value) => ({ value, isHigh: false }))].sort((a, b) => a.value - b.value)
  let rankSum = 0
  for (let start = 0; start < all.length; ) {
    let end = start
    while (end < all.length && all[end]!.value === all[start]!.value) end++
    const rank = (start + 1 + end) / 2
    for (let index = start; index < end; index++) if (all[index]!.isHigh) rankSum += rank
    start = end
  }
  return (rankSum - (high.length * (high.length + 1)) / 2) / (high.length * low.length)
}

interface ReportedStream {
  readonly name: string
  readonly images: readonly number[]
  readonly answers: SplitAnswers
  readonly cacheEntries: number
}

function streamsOf(context: EvaluationContext, answers: SplitAnswers, recordings: SplitAnswers | undefined): ReportedStream[] {
  // Long enough that chance scenes do not decide: with 100 frames a scene, 10,000 frames are but 100 scenes.
  const frames = Math.max(reportedFrames, answers.labels.length)
  const drawn = Object.entries(reportedStreams).map(([name, { kind, meanLength, cacheEntries }]) => ({ name, cacheEntries, answers, images: imageStream(context, answers.labels, { kind, meanLength, frames }, 'report') }))
  if (recordings === undefined) return drawn
  const { labels } = recordings
  const images = imageStream(context, labels, { kind: 'single', meanLength: reportedSessionFrames, frames: labels.length, recorded: true }, 'report')
  return [...drawn, { name: `recorded${reportedSessionFrames}`, cacheEntries: 2, answers: recordings, images }]
}

function streamMetrics(streams: readonly ReportedStream[], tableOf: (answers: SplitAnswers) => AnswerTable, { gate, localities }: CalibratedGate, device: { keepShare: number; mostEntries: number; scenes: SceneKnowledge | undefined }): StreamTable {
  const simulated = localities.length === 0 ? gate : createAdaptiveGate(localities, gate)
  return Object.fromEntries(
    streams.map(({ name, images, answers, cacheEntries }) => {
      const entries = Math.min(cacheEntries, device.mostEntries)
      const { accuracy, fullAccuracy, coverage, accuracyOnHits, switchRate } = simulateStream(images, tableOf(answers), simulated, { cacheEntries: entries, keepShare: device.keepShare, scenes: device.scenes })
      return [name, { accuracy, fullAccuracy, coverage, accuracyOnHits, switchRate }]
    }),
  )
}

/** The answers of the deltas under the names of their partitions. */
function asDeltas(table: AnswerTable): AnswerTable {
  const renamed = <Value>(of: ReadonlyMap<string, Value>): Map<string, Value> =>
    new Map([...of].map(([id, value], _, entries) => [id, entries.find(([other]) => other === `${id}-delta`)?.[1] ?? value]))
  const { probabilitiesOf } = table
  return {
    ...table,
    entropies: renamed(table.entropies),
    answers: renamed(table.answers),
    ...(probabilitiesOf === undefined ? {} : { probabilitiesOf: (id: string) => probabilitiesOf(table.entropies.has(`${id}-delta`) ? `${id}-delta` : id) }),
  }
}

/**
 * Stage 6: what a split says of the networks under a calibration. Run on the test split once, for the report.
 *
 * @param recordings answers to sessions in their own order, of `reportedSessionFrames` each, where the data was recorded
 */
export function evaluate(context: EvaluationContext, answers: SplitAnswers, calibration: Calibration, recordings?: SplitAnswers): Evaluation {
  const { config, dataset } = context
  const { temperatures, keepShare, scenes, cacheNet, cascade, cascadeScene, cascadePrior } = calibration
  const device = { keepShare, scenes }
  // Each once: a table is made of every image's logits, and most streams are replayed from the same one.
  const tables = new Map(
    [answers, ...(recordings === undefined ? [] : [recordings])].map((of) => [of, { plain: answerTable(of, temperatures), prior: priorTable(of, temperatures, cascadePrior.classes) }]),
  )
  const tableOf = (of: SplitAnswers): AnswerTable => tables.get(of)!.plain
  const priorOf = (of: SplitAnswers): AnswerTable => tables.get(of)!.prior
  const streams = streamsOf(context, answers, recordings)
  const images = answers.labels.length
  const regions = Array.from({ length: config.partitionCount }, (_, index) => answers.chosen.flatMap((chosen, image) => (chosen === index ? [image] : [])))
  const classByPartition = dataset.classNames.map(() => new Array<number>(config.partitionCount).fill(0))
  for (const [image, chosen] of answers.chosen.entries()) classByPartition[answers.labels[image]!]![chosen]!++
  const generalist = answers.networks.get(generalistId)!
  const belongs = memberships(answers.codes, answers.labels, config.encoder)
  const fixed = (calibrated: CalibratedGate): CalibratedGate => ({ ...calibrated, localities: [] })
  return {
    images,
    fullAccuracy: accuracyOf(answers.full, answers.labels),
    generalistAccuracy: accuracyOf(generalist, answers.labels),
    partitionShares: regions.map((region) => region.length / images),
    classByPartition,
    inRegion: regions.map((region, index) => inRegion(answers, tables.get(answers)!, calibration, { region, index, belongs })),
    streams: streamMetrics(streams, tableOf, cacheNet, { ...device, mostEntries: Infinity }),
    fixedGate: { streams: streamMetrics(streams, tableOf, fixed(cacheNet), { ...device, mostEntries: Infinity }) },
    delta: { streams: streamMetrics(streams, (of) => asDeltas(tableOf(of)), cacheNet, { ...device, mostEntries: Infinity }) },
    cascade: { thresholdNats: cascade.gate.generalistThresholdNats, streams: streamMetrics(streams, tableOf, cascade, { ...device, mostEntries: 0 }) },
    cascadeScene: { streams: streamMetrics(streams, tableOf, cascadeScene, { ...device, mostEntries: 0 }) },
    cascadePrior: { streams: streamMetrics(streams, priorOf, cascadePrior, { ...device, mostEntries: 1 }) },
  }
}

/** What a split says, as streams are replayed from it: all networks, and the generalist masked to each region. */
interface SplitTables {
  readonly plain: AnswerTable
  readonly prior: AnswerTable
}

interface RegionToJudge {
  readonly index: number
  /** Images that the code gives most to this partition. */
  readonly region: readonly number[]
  readonly belongs: Memberships
}

function inRegion(answers: SplitAnswers, { plain, prior }: SplitTables, { temperatures }: Calibration, { region, index, belongs }: RegionToJudge): Evaluation['inRegion'][number] {
  const id = partitionId(index)
  const predictions = answers.networks.get(id)!
  const entropies = plain.entropies.get(id)!
  // Outside is what the partition was not trained for: k ∉ P(x). An image may belong to a neighbour and to this region too.
  const outsideAuroc = (of: Float32Array): number => auroc(Array.from(of).filter((_, image) => !belongs[image]!.has(index)), region.map((image) => of[image]!))
  const [wrong, right] = [0, 1].map((isRight) => region.filter((image) => Number(plain.answers.get(id)![image] === plain.labels[image]) === isRight).map((image) => entropies[image]!)) as [number[], number[]]
  return {
    partition: id,
    accuracy: accuracyOf(predictions, answers.labels, region),
    deltaAccuracy: accuracyOf(answers.networks.get(deltaId(index))!, answers.labels, region),
    fullAccuracy: accuracyOf(answers.full, answers.labels, region),
    generalistAccuracy: accuracyOf(answers.networks.get(generalistId)!, answers.labels, region),
    priorAccuracy: region.length === 0 ? 0 : region.filter((image) => prior.answers.get(id)![image] === answers.labels[image]).length / region.length,
    aurocOutside: outsideAuroc(entropies),
    deltaAurocOutside: outsideAuroc(plain.entropies.get(deltaId(index))!),
    aurocErrors: auroc(wrong, right),
    eceBefore: calibrationError(predictions, answers.labels, region, 1),
    eceAfter: calibrationError(predictions, answers.labels, region, temperatures.get(id) ?? 1),
  }
}
