import { createAdaptiveGate } from '../../core/gate/adaptive-gate.ts'
import { argMax } from '../../core/gate/entropy.ts'
import { generalistId } from '../../core/gate/gate.ts'
import type { AnswerTable } from '../../core/gate/answer-table.ts'
import { simulateStream } from '../../core/gate/simulate-stream.ts'
import type { SceneKnowledge } from '../../core/gate/scene-filter.ts'
import type { ScenePriorSettings } from '../../core/gate/settings.ts'
import type { SceneKind } from '../../core/streams/scenes.ts'
import { bestEdgeScene } from '../calibration/best-edge-scene.ts'
import { calibrationError } from '../calibration/calibration-error.ts'
import { imageStream, isDrawable, withStrangers } from '../calibration/image-stream.ts'
import { logitsOf, type Predictions } from '../models/predict.ts'
import { endingAtOnce } from '../run/abort-on-interrupt.ts'
import { deltaId, partitionId } from '../models/partition-id.ts'
import type { CalibratedGate, Calibration } from './5-calibrate.ts'
import { accuracyOf, answerTable, type SplitAnswers } from './answers.ts'
import type { EvaluationContext } from './context.ts'
import { joinAnswers } from './join-answers.ts'
import { controlAccuracy, type HeadControl } from './head-controls.ts'
import { headLabels, headShares, imagesOfHead } from './region-images.ts'

/** Streams that every bundle is reported on, as far as its data knows places. */
const reportedStreams: Record<
  string,
  { kind: SceneKind; meanLength: number; cacheEntries: number; hasStrangers?: boolean }
> = {
  single100: { kind: 'single', meanLength: 100, cacheEntries: 1 },
  places100: { kind: 'places', meanLength: 100, cacheEntries: 2 },
  places30: { kind: 'places', meanLength: 30, cacheEntries: 2 },
  places10: { kind: 'places', meanLength: 10, cacheEntries: 2 },
  pairs100: { kind: 'pairs', meanLength: 100, cacheEntries: 2 },
  strange100: { kind: 'strange', meanLength: 100, cacheEntries: 2 },
  iid: { kind: 'iid', meanLength: 1, cacheEntries: 2 },
  strangers100: { kind: 'places', meanLength: 100, cacheEntries: 2, hasStrangers: true },
}

/** Share of the frames of a stream with strangers that show one. */
const strangersShare = 0.1

const reportedFrames = 30_000

/** Frames of a session where the data was recorded: `recorded64`, every session once. */
export const reportedSessionFrames = 64

export interface StreamMetrics {
  readonly accuracy: number
  /** Of the full model alone, and of the full model that knows of the scene what the device knows. */
  readonly fullAccuracy: number
  readonly edgeSceneAccuracy: number
  readonly coverage: number
  readonly accuracyOnHits: number
  readonly switchRate: number
  readonly downloadRate: number
  readonly partitionHitShare: number
  /**
   * Of frames that show nothing that any network knows: answered as certain, by the device or by the edge,
   * and by the device.
   */
  readonly strangersCertain: number
  readonly strangersOnDevice: number
}

export interface Evaluation {
  readonly images: number
  readonly fullAccuracy: number
  readonly generalistAccuracy: number
  /** Share of the images that the code gives to each partition. */
  readonly partitionShares: readonly number[]
  /** Images by class and partition: `counts[class][partition]`. */
  readonly classByPartition: readonly (readonly number[])[]
  /** On the test images of each region, each class as often as it is seen there. */
  readonly inRegion: readonly {
    readonly partition: string
    readonly images: number
    readonly accuracy: number
    /** Of the partition in the form of its delta, where it has one. */
    readonly deltaAccuracy?: number | undefined
    /**
     * Of the generalist that is told the region and has a head trained anew for it: what a partition beats
     * that by it has learnt below the head.
     */
    readonly headAccuracy?: number | undefined
    readonly fullAccuracy: number
    /** Of the full model that is told the region. */
    readonly fullPriorAccuracy: number
    readonly generalistAccuracy: number
    /** Of the generalist that is told the region: what a partition beats that by is its own. */
    readonly priorAccuracy: number
    /** Something else, or entropy where it knows no such thing, as a detector of having left the region. */
    readonly aurocOutside: number
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
  /** Partitions as deltas only, adaptive gate of the whole ones; absent where there are none. */
  readonly delta?: { readonly streams: StreamTable } | undefined
  readonly cascade: { readonly thresholdNats: number; readonly streams: StreamTable }
  /** The plain Cascade with the scene prior and the adaptive gate: what CacheNet is without partitions. */
  readonly cascadeScene: { readonly streams: StreamTable }
}

type StreamTable = Readonly<Record<string, StreamMetrics>>

/**
 * Chance that a value of `high` is above one of `low`, ties counting half: the area under the ROC curve
 * (Hanley & McNeil 1982).
 */
export function auroc(high: readonly number[], low: readonly number[]): number {
  if (high.length === 0 || low.length === 0) return 0.5
  const all = [
    ...high.map((value) => ({ value, isHigh: true })),
    ...low.map((value) => ({ value, isHigh: false })),
  ].sort((a, b) => a.value - b.value)
  let rankSum = 0
  for (let start = 0; start < all.length;) {
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

/**
 * What is replayed of a split: its images, sessions in their own order where the data was recorded, and
 * pictures that no network knows.
 */
export interface EvaluatedSplit {
  readonly answers: SplitAnswers
  readonly recordings?: SplitAnswers | undefined
  readonly strangers: SplitAnswers
  /** In the order of the partitions; see `HeadControl`. */
  readonly controls: readonly (HeadControl | undefined)[]
}

function streamsOf(
  context: EvaluationContext,
  { answers, recordings, strangers }: EvaluatedSplit,
): ReportedStream[] {
  // Long enough that chance scenes do not decide: with 100 frames a scene, 10,000 frames are but 100 scenes.
  const frames = Math.max(reportedFrames, answers.labels.length)
  const both = joinAnswers(answers, strangers)
  const strange = Array.from(strangers.labels.keys(), (image) => answers.labels.length + image)
  const drawn = Object.entries(reportedStreams)
    .filter(([, { kind }]) => isDrawable(context, kind))
    .map(([name, { kind, meanLength, cacheEntries, hasStrangers = false }]) => {
      const images = imageStream(
        context,
        answers.labels,
        { kind, meanLength, frames },
        hasStrangers ? 'strangers' : 'report',
      )
      return {
        name,
        cacheEntries,
        answers: both,
        images: hasStrangers
          ? withStrangers(images, strange, strangersShare, `${context.config.seed}-strangers`)
          : images,
      }
    })
  if (recordings === undefined) return drawn
  const { labels } = recordings
  const images = imageStream(
    context,
    labels,
    { kind: 'single', meanLength: reportedSessionFrames, frames: labels.length, recorded: true },
    'report',
  )
  return [
    ...drawn,
    { name: `recorded${reportedSessionFrames}`, cacheEntries: 2, answers: recordings, images },
  ]
}

interface EvaluatedDevice {
  readonly keepShare: number
  readonly mostEntries: number
  readonly scenes: SceneKnowledge | undefined
}

/**
 * Accuracy of *Edge + scene* on each stream: the best that the full model does with what is known of scenes.
 */
function edgeAccuracies(
  streams: readonly ReportedStream[],
  tableOf: (answers: SplitAnswers) => AnswerTable,
  priors: readonly ScenePriorSettings[],
  scenes: SceneKnowledge | undefined,
): ReadonlyMap<string, number> {
  return new Map(
    streams.map(({ name, images, answers }) => [
      name,
      bestEdgeScene(images, tableOf(answers), priors, scenes).accuracy,
    ]),
  )
}

function streamMetrics(
  streams: readonly ReportedStream[],
  tableOf: (answers: SplitAnswers) => AnswerTable,
  { gate, localities }: CalibratedGate,
  device: EvaluatedDevice,
  edge: ReadonlyMap<string, number>,
): StreamTable {
  const simulated = localities.length === 0 ? gate : createAdaptiveGate(localities, gate)
  return Object.fromEntries(
    streams.map(({ name, images, answers, cacheEntries }) => {
      const entries = Math.min(cacheEntries, device.mostEntries)
      const found = simulateStream(images, tableOf(answers), simulated, {
        cacheEntries: entries,
        keepShare: device.keepShare,
        scenes: device.scenes,
      })
      const {
        accuracy,
        fullAccuracy,
        coverage,
        accuracyOnHits,
        switchRate,
        downloadRate,
        partitionHitShare,
        strangersCertain,
        strangersOnDevice,
      } = found
      const edgeScene = edge.get(name) ?? fullAccuracy
      return [
        name,
        {
          accuracy,
          fullAccuracy,
          edgeSceneAccuracy: edgeScene,
          coverage,
          accuracyOnHits,
          switchRate,
          downloadRate,
          partitionHitShare,
          strangersCertain,
          strangersOnDevice,
        },
      ]
    }),
  )
}

/** The answers of the deltas under the names of their partitions. */
function asDeltas(table: AnswerTable): AnswerTable {
  const renamed = <Value>(of: ReadonlyMap<string, Value>): Map<string, Value> =>
    new Map(
      [...of].map(([id, value], _, entries) => [
        id,
        entries.find(([other]) => other === `${id}-delta`)?.[1] ?? value,
      ]),
    )
  const { probabilitiesOf, strange } = table
  return {
    ...table,
    entropies: renamed(table.entropies),
    answers: renamed(table.answers),
    ...(strange === undefined ? {} : { strange: renamed(strange) }),
    ...(probabilitiesOf === undefined
      ? {}
      : {
          probabilitiesOf: (id: string) =>
            probabilitiesOf(table.entropies.has(`${id}-delta`) ? `${id}-delta` : id),
        }),
  }
}

/**
 * Stage 6: what a split says of the networks under a calibration. Run on the test split once, for the report.
 */
export const evaluate = (
  context: EvaluationContext,
  split: EvaluatedSplit,
  calibration: Calibration,
): Evaluation => endingAtOnce(() => evaluateSplit(context, split, calibration))

function evaluateSplit(
  context: EvaluationContext,
  split: EvaluatedSplit,
  calibration: Calibration,
): Evaluation {
  const { config, dataset } = context
  const { answers } = split
  const { keepShare, scenes, cacheNet, cascade, cascadeScene } = calibration
  // Each once: a table is made of every image's logits, and most streams are replayed from the same one.
  const tables = new Map<SplitAnswers, AnswerTable>()
  const tableOf = (of: SplitAnswers): AnswerTable => {
    const table = tables.get(of) ?? answerTable(of, calibration)
    tables.set(of, table)
    return table
  }
  const streams = streamsOf(context, split)
  const edge = edgeAccuracies(streams, tableOf, config.gate.scenePriors, scenes)
  const images = answers.labels.length
  const count = answers.codes[0]?.length ?? 0
  const classByPartition = dataset.classNames.map(() => new Array<number>(count).fill(0))
  for (const [image, chosen] of answers.chosen.entries()) classByPartition[answers.labels[image]!]![chosen]!++
  const generalist = answers.networks.get(generalistId)!
  const fixed = (calibrated: CalibratedGate): CalibratedGate => ({ ...calibrated, localities: [] })
  const metricsOf = (calibrated: CalibratedGate, mostEntries: number, asTable = tableOf): StreamTable =>
    streamMetrics(streams, asTable, calibrated, { keepShare, scenes, mostEntries }, edge)
  return {
    images,
    fullAccuracy: accuracyOf(answers.full, answers.labels),
    generalistAccuracy: accuracyOf(generalist, answers.labels),
    partitionShares: Array.from(
      { length: count },
      (_, index) => answers.chosen.filter((chosen) => chosen === index).length / images,
    ),
    classByPartition,
    inRegion: Array.from({ length: count }, (_, index) =>
      inRegion(answers, tableOf(answers), calibration, index, split.controls[index]),
    ),
    streams: metricsOf(cacheNet, Infinity),
    fixedGate: { streams: metricsOf(fixed(cacheNet), Infinity) },
    ...(answers.networks.has(deltaId(0))
      ? { delta: { streams: metricsOf(cacheNet, Infinity, (of) => asDeltas(tableOf(of))) } }
      : {}),
    cascade: { thresholdNats: cascade.gate.generalistThresholdNats, streams: metricsOf(cascade, 0) },
    cascadeScene: { streams: metricsOf(cascadeScene, 0) },
  }
}

/**
 * Share of `images` that a network of all classes answers rightly once it is told how often each class is
 * seen.
 */
export function toldAccuracy(
  predictions: Predictions,
  labels: Int32Array,
  images: readonly number[],
  shareOf: ReadonlyMap<number, number>,
): number {
  const right = images.filter((image) => {
    const told = logitsOf(predictions, image).map((logit, index) => logit + Math.log(shareOf.get(index) ?? 0))
    return argMax(told) === labels[image]
  })
  return right.length / Math.max(1, images.length)
}

function inRegion(
  answers: SplitAnswers,
  table: AnswerTable,
  { temperatures }: Calibration,
  index: number,
  control: HeadControl | undefined,
): Evaluation['inRegion'][number] {
  const id = partitionId(index)
  const { labels, networks, heads } = answers
  const predictions = networks.get(id)!
  const head = heads.get(id)
  const all = Array.from(labels.keys())
  const { inside, outside } =
    head === undefined
      ? {
          inside: all.filter((image) => answers.chosen[image] === index),
          outside: all.filter((image) => answers.chosen[image] !== index),
        }
      : imagesOfHead(head, labels)
  const entropies = table.entropies.get(id)!
  const isRight = (image: number): boolean => table.answers.get(id)![image] === labels[image]
  const spread = (isWanted: boolean): number[] =>
    inside.filter((image) => isRight(image) === isWanted).map((image) => entropies[image]!)
  const shareOf = new Map(
    head === undefined
      ? [...new Set(inside.map((image) => labels[image]!))].map((label) => [label, 1] as const)
      : head.classIndices.map((of, output) => [of, headShares(head).shares[output]!] as const),
  )
  // A share of something else that grows outside, or an entropy that does.
  const elsewhere = table.probabilitiesOf?.(id)
  const leaves = (image: number): number =>
    head === undefined || elsewhere === undefined
      ? entropies[image]!
      : elsewhere[(image + 1) * predictions.outputs - 1]!
  const delta = networks.get(deltaId(index))
  const regionLabels = head === undefined ? labels : headLabels(head, labels)
  return {
    partition: id,
    images: new Set(inside).size,
    accuracy: accuracyOf(predictions, labels, inside, head),
    ...(delta === undefined ? {} : { deltaAccuracy: accuracyOf(delta, labels, inside, head) }),
    ...(control === undefined || head === undefined
      ? {}
      : { headAccuracy: controlAccuracy(control, networks.get(generalistId)!, head, labels, inside) }),
    fullAccuracy: accuracyOf(answers.full, labels, inside),
    fullPriorAccuracy: toldAccuracy(answers.full, labels, inside, shareOf),
    generalistAccuracy: accuracyOf(networks.get(generalistId)!, labels, inside),
    priorAccuracy: toldAccuracy(networks.get(generalistId)!, labels, inside, shareOf),
    aurocOutside: auroc(outside.map(leaves), inside.map(leaves)),
    aurocErrors: auroc(spread(false), spread(true)),
    eceBefore: calibrationError(predictions, regionLabels, inside, 1),
    eceAfter: calibrationError(predictions, regionLabels, inside, temperatures.get(id) ?? 1),
  }
}
