import type { GatePoint, LocalityRow } from '../../core/bundle/manifest.ts'
import { generalistId, type GateSettings } from '../../core/gate/gate.ts'
import type { AnswerTable } from '../../core/gate/simulate-stream.ts'
import type { SceneKnowledge } from '../../core/gate/scene-filter.ts'
import { missCost } from '../calibration/expected-time.ts'
import { imageStream } from '../calibration/image-stream.ts'
import { calibrateLocalities } from '../calibration/localities.ts'
import { networkCosts } from '../calibration/network-costs.ts'
import { sceneKnowledge } from '../calibration/scene-knowledge.ts'
import { fitTemperature } from '../calibration/temperature.ts'
import { cascadeAt, chooseAlone, chooseGate, gateCurve, isAhead, type CalibrationStream, type GateOptions } from '../calibration/threshold.ts'
import { partitionId } from './4-partitions.ts'
import { answerTable, deltaId, priorClasses, priorTable, type SplitAnswers, type TrainedNetworks } from './answers.ts'
import { answerRecordings } from './answer-recordings.ts'
import type { EvaluationContext } from './context.ts'

/** A scene prior is tried with up to so many classes: to replay a stream with it takes as long as there are classes. */
const mostClassesWithPrior = 100

/** A gate that does not adapt, and the table of one that does. */
export interface CalibratedGate {
  readonly gate: GateSettings
  readonly localities: readonly LocalityRow[]
}

export interface Calibration {
  /** By id: partitions, their deltas, the generalist and `full`. */
  readonly temperatures: ReadonlyMap<string, number>
  readonly keepShare: number
  /** Where a scene prior goes by it. */
  readonly scenes: SceneKnowledge | undefined
  readonly cacheNet: CalibratedGate
  readonly curve: readonly GatePoint[]
  /** Every opponent gets its own best settings on the same streams. */
  readonly cascade: CalibratedGate
  /** The plain Cascade with the scene prior: what the prior does without a partition. */
  readonly cascadeScene: CalibratedGate
  readonly cascadePrior: CalibratedGate & { readonly classes: readonly (readonly boolean[])[] }
}

function fitTemperatures({ config }: EvaluationContext, validation: SplitAnswers): Map<string, number> {
  const { labels, networks, full, chosen } = validation
  const all = Array.from(labels, (_, image) => image)
  const temperatures = new Map([['full', fitTemperature(full, labels, all)], [generalistId, fitTemperature(networks.get(generalistId)!, labels, all)]])
  for (let index = 0; index < config.partitionCount; index++) {
    const inRegion = all.filter((image) => chosen[image] === index)
    for (const id of [partitionId(index), deltaId(index)]) temperatures.set(id, fitTemperature(networks.get(id)!, labels, inRegion))
  }
  return temperatures
}

/** What localities that are `recorded` go by; the validation images in their order where the data was not recorded in sessions. */
function recordingsFor(context: EvaluationContext, networks: TrainedNetworks, validation: SplitAnswers): SplitAnswers {
  const lengths = context.config.gate.localities.filter(({ recorded = false }) => recorded).map(({ meanLength }) => meanLength)
  return (lengths.length === 0 ? undefined : answerRecordings(context, networks, 'validation', Math.max(...lengths))) ?? validation
}

/** Stage 5, on validation images: temperatures, then the gates of CacheNet and of its opponents on the same streams. */
export function calibrate(context: EvaluationContext, networks: TrainedNetworks, validation: SplitAnswers): Calibration {
  const { config, dataset } = context
  const { streamKind, streamLength, streamFrames: frames, cacheEntries, mostProbes, localities, keepShares, scenePriors: wanted, accuracyTolerance, reserve } = config.gate
  const tolerance = accuracyTolerance * (1 - reserve)
  const classes = dataset.classNames.length
  const scenePriors = classes <= mostClassesWithPrior ? wanted : []
  const scenes = scenePriors.some(({ knowsScenes = false }) => knowsScenes) ? sceneKnowledge(dataset.classNames, config.gate) : undefined
  const temperatures = fitTemperatures(context, validation)
  const tableOf = (answers: SplitAnswers): AnswerTable => answerTable(answers, temperatures)
  const table = tableOf(validation)
  const allowed = priorClasses(validation, classes, config.partitionCount)
  const priorOf = (answers: SplitAnswers): AnswerTable => priorTable(answers, temperatures, allowed)
  const prior = priorOf(validation)
  const main = imageStream(context, validation.labels, { kind: streamKind, meanLength: streamLength, frames }, 'calibration')
  const recordings = recordingsFor(context, networks, validation)
  const streamOf = (images: readonly number[], answers: AnswerTable, entries: number, keepShare: number): CalibrationStream => ({
    images,
    table: answers,
    classes,
    device: { cacheEntries: entries, keepShare, scenes },
  })

  const costs = { tolerance, missCost: missCost(networkCosts(context), config.search.device) }
  const aloneOn = (answers: AnswerTable): GateSettings => chooseAlone(streamOf(main, answers, 0, 1), [undefined], costs)?.gate ?? cascadeAt(0)
  // One setting for all streams goes without: which prior helps is a matter of how local a stream is.
  const options: GateOptions = { ...costs, mostProbes, cascade: aloneOn(table), scenePriors: [] }
  let done = 0
  const total = localities.length * (config.partitionCount === 0 ? 1 : 3)
  const onRow = (): void => context.progress.count('calibration', ++done, total)
  context.progress.start()
  const rowsOf = (asTable: (answers: SplitAnswers) => AnswerTable, entries: number, keepShare: number, changed: Partial<GateOptions>): LocalityRow[] => {
    const [drawn, recorded] = [asTable(validation), asTable(recordings)]
    const streams = localities.map((locality) => {
      const [answers, { labels }] = locality.recorded === true ? [recorded, recordings] : [drawn, validation]
      // All that was recorded: a mistake about a session lasts for it, so that sessions count here, not frames.
      const length = locality.recorded === true ? Math.max(frames, labels.length) : frames
      return { ...streamOf(imageStream(context, labels, { ...locality, frames: length }, 'calibration'), answers, entries, keepShare), changeRate: 1 / locality.meanLength }
    })
    return calibrateLocalities(streams, { ...options, ...changed }, onRow)
  }

  const plain: CalibratedGate = { gate: options.cascade, localities: [] }
  const cascadeScene: CalibratedGate = { ...plain, localities: scenePriors.length === 0 ? [] : rowsOf(tableOf, 0, 1, { mostProbes: 0, scenePriors }) }
  if (config.partitionCount === 0) {
    const curve = curveOf(streamOf(main, table, 0, 1), plain.gate)
    return { temperatures, keepShare: 1, scenes, cacheNet: cascadeScene, curve, cascade: plain, cascadeScene, cascadePrior: { ...plain, classes: [] } }
  }

  // The generalist answers before the first partition has come: as strictly as it would all alone.
  const byShare = keepShares.map((keepShare) => ({ keepShare, chosen: chooseGate(streamOf(main, table, cacheEntries, keepShare), options) }))
  const { keepShare, chosen } = byShare.reduce((best, candidate) => (isAhead(candidate.chosen, best.chosen, options) ? candidate : best))

  // The prior is a mask on the generalist: nothing to download, so one region is enough to hold.
  const priorOptions = { mostProbes: 1, cascade: aloneOn(prior) }
  const ofPrior = chooseGate(streamOf(main, prior, 1, keepShare), { ...options, ...priorOptions })
  return {
    temperatures,
    keepShare,
    scenes,
    cacheNet: { gate: chosen.gate, localities: rowsOf(tableOf, cacheEntries, keepShare, { scenePriors }) },
    curve: curveOf(streamOf(main, table, cacheEntries, keepShare), chosen.gate),
    cascade: plain,
    cascadeScene,
    cascadePrior: { gate: ofPrior.gate, localities: rowsOf(priorOf, 1, keepShare, priorOptions), classes: allowed },
  }
}

/** The whole curve of one way to ask; the generalist's own threshold goes with it where only the generalist is asked. */
function curveOf(stream: CalibrationStream, gate: GateSettings): GatePoint[] {
  const isPlain = gate.maxProbes === 0
  return gateCurve(stream, (thresholdNats) => ({ ...gate, thresholdNats, ...(isPlain ? { generalistThresholdNats: thresholdNats } : {}) })).map(({ fullAccuracy: _full, networksAsked: _asked, ...point }) => point)
}
