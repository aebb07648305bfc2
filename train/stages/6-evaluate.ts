import { generalistId, type GateSettings } from '../../core/gate/gate.ts'
import { simulateStream, type AnswerTable } from '../../core/gate/simulate-stream.ts'
import type { SceneKind } from '../../core/streams/scenes.ts'
import { partitionId } from './4-partitions.ts'
import { accuracyOf, answerTable, type SplitAnswers } from './answers.ts'
import { imageStream, type Calibration } from './5-calibrate.ts'
import type { StageContext } from './context.ts'

/** Streams that every bundle is reported on. */
const reportedStreams: Record<string, { kind: SceneKind; meanLength: number; cacheEntries: number }> = {
  single100: { kind: 'single', meanLength: 100, cacheEntries: 1 },
  places100: { kind: 'places', meanLength: 100, cacheEntries: 2 },
  places10: { kind: 'places', meanLength: 10, cacheEntries: 2 },
  pairs100: { kind: 'pairs', meanLength: 100, cacheEntries: 2 },
  iid: { kind: 'iid', meanLength: 1, cacheEntries: 2 },
}

const reportedFrames = 30_000

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
    readonly fullAccuracy: number
    readonly generalistAccuracy: number
    readonly aurocOutside: number
  }[]
  readonly streams: Readonly<Record<string, StreamMetrics>>
  readonly cascade: { readonly thresholdNats: number; readonly streams: Readonly<Record<string, StreamMetrics>> }
}

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

function streamMetrics(context: StageContext, answers: SplitAnswers, table: AnswerTable, settings: GateSettings, isCascade: boolean): Record<string, StreamMetrics> {
  // Long enough that chance scenes do not decide: with 100 frames a scene, 10,000 frames are but 100 scenes.
  const frames = Math.max(reportedFrames, answers.labels.length)
  return Object.fromEntries(
    Object.entries(reportedStreams).map(([name, { kind, meanLength, cacheEntries }]) => {
      const images = imageStream(context, answers.labels, { kind, meanLength, frames }, 'report')
      const { accuracy, fullAccuracy, coverage, accuracyOnHits, switchRate } = simulateStream(images, table, settings, { cacheEntries: isCascade ? 0 : cacheEntries, keepShare: 1 })
      return [name, { accuracy, fullAccuracy, coverage, accuracyOnHits, switchRate }]
    }),
  )
}

/** Stage 6: what a split says of the networks under a calibration. Run on the test split once, for the report. */
export function evaluate(context: StageContext, answers: SplitAnswers, calibration: Calibration): Evaluation {
  const { config, dataset } = context
  const table = answerTable(answers, calibration.temperatures)
  const images = answers.labels.length
  const regions = Array.from({ length: config.partitionCount }, (_, index) => answers.chosen.flatMap((chosen, image) => (chosen === index ? [image] : [])))
  const classByPartition = dataset.classNames.map(() => new Array<number>(config.partitionCount).fill(0))
  for (const [image, chosen] of answers.chosen.entries()) classByPartition[answers.labels[image]!]![chosen]!++
  const generalist = answers.networks.get(generalistId)!
  return {
    images,
    fullAccuracy: accuracyOf(answers.full, answers.labels),
    generalistAccuracy: accuracyOf(generalist, answers.labels),
    partitionShares: regions.map((region) => region.length / images),
    classByPartition,
    inRegion: regions.map((region, index) => {
      const id = partitionId(index)
      const entropies = table.entropies.get(id)!
      const inside = new Set(region)
      return {
        partition: id,
        accuracy: accuracyOf(answers.networks.get(id)!, answers.labels, region),
        fullAccuracy: accuracyOf(answers.full, answers.labels, region),
        generalistAccuracy: accuracyOf(generalist, answers.labels, region),
        aurocOutside: auroc(
          Array.from(entropies).filter((_, image) => !inside.has(image)),
          region.map((image) => entropies[image]!),
        ),
      }
    }),
    streams: streamMetrics(context, answers, table, calibration.gate, false),
    cascade: { thresholdNats: calibration.cascadeGate.thresholdNats, streams: streamMetrics(context, answers, table, calibration.cascadeGate, true) },
  }
}
