import type { AnswerTable } from '../../core/gate/answer-table.ts'
import { generalistId } from '../../core/gate/gate.ts'
import { deltaId } from '../models/partition-id.ts'
import { endingAtOnce } from '../run/abort-on-interrupt.ts'
import type { CalibratedGate, Calibration } from './5-calibrate.ts'
import { accuracyOf, answerTable, type SplitAnswers } from './answers.ts'
import { asDeltas } from './as-deltas.ts'
import type { EvaluationContext } from './context.ts'
import { evaluateRegion, type RegionMetrics } from './evaluate-region.ts'
import type { HeadControl } from './head-controls.ts'
import { reportedStreamsOf, type ReplayedSplit } from './reported-streams.ts'
import { edgeAccuracies, streamMetrics, type StreamTable } from './stream-metrics.ts'

export interface Evaluation {
  readonly images: number
  readonly fullAccuracy: number
  readonly generalistAccuracy: number
  /** Share of the images that the code gives to each partition. */
  readonly partitionShares: readonly number[]
  /** Images by class and partition: `counts[class][partition]`. */
  readonly classByPartition: readonly (readonly number[])[]
  /** On the test images of each region, each class as often as it is seen there. */
  readonly inRegion: readonly RegionMetrics[]
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

/** What a split is evaluated on. */
export interface EvaluatedSplit extends ReplayedSplit {
  /** In the order of the partitions; see `HeadControl`. */
  readonly controls: readonly (HeadControl | undefined)[]
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
  const streams = reportedStreamsOf(context, split)
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
      evaluateRegion(answers, tableOf(answers), calibration, index, split.controls[index]),
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
