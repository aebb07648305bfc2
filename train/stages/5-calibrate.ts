import { megaMacsOfFull } from '../../core/bundle/full-network.ts'
import type { GatePoint, GateSettings, LocalityRow } from '../../core/gate/settings.ts'
import { fullId } from '../../core/gate/answer-table.ts'
import type { SceneKnowledge } from '../../core/gate/scene-filter.ts'
import { bestEdgeScene } from '../calibration/best-edge-scene.ts'
import { expectedMs } from '../calibration/expected-time.ts'
import { imageStream, isDrawable } from '../calibration/image-stream.ts'
import { calibrateLocalities } from '../calibration/localities.ts'
import { networkCosts } from '../calibration/network-costs.ts'
import { sceneKnowledge } from '../calibration/scene-knowledge.ts'
import { strangeBounds } from '../calibration/strange-bounds.ts'
import { fitTemperature } from '../calibration/temperature.ts'
import {
  cascadeAt,
  chooseAlone,
  chooseGate,
  gateCurve,
  isAhead,
  type CalibrationStream,
  type GateOptions,
} from '../calibration/threshold.ts'
import { drawStrangers } from '../data/strangers.ts'
import { endingAtOnce } from '../run/abort-on-interrupt.ts'
import { answerSplit, answerTable, type NetworkFacts, type SplitAnswers } from './answers.ts'
import type { TrainedNetworks } from '../models/trained-networks.ts'
import { partitionIndex } from '../models/partition-id.ts'
import { answerRecordings } from './answer-recordings.ts'
import type { EvaluationContext } from './context.ts'
import { headLabels, headShares, imagesOfHead } from './region-images.ts'

/** A gate that does not adapt, and the table of one that does. */
export interface CalibratedGate {
  readonly gate: GateSettings
  readonly localities: readonly LocalityRow[]
}

export interface Calibration extends NetworkFacts {
  readonly keepShare: number
  /** Where a scene prior goes by it. */
  readonly scenes: SceneKnowledge | undefined
  readonly cacheNet: CalibratedGate
  readonly curve: readonly GatePoint[]
  /** Every opponent gets its own best settings on the same streams. */
  readonly cascade: CalibratedGate
  /** The plain Cascade with the scene prior: what the prior does without a partition. */
  readonly cascadeScene: CalibratedGate
}

function fitTemperatures(validation: SplitAnswers): Map<string, number> {
  const { labels, networks, full, heads, chosen } = validation
  const all = Array.from(labels, (_, image) => image)
  const temperatures = new Map([[fullId, fitTemperature(full, labels, all)]])
  for (const [id, predictions] of networks) {
    const head = heads.get(id)
    if (head !== undefined) {
      const { inside, outside } = imagesOfHead(head, labels)
      // In the shares of training, so that something else is as likely here as it was there.
      const strangers = Math.round(
        (inside.length * headShares(head).elsewhere) / (1 - headShares(head).elsewhere),
      )
      const step = Math.max(1, Math.floor(outside.length / Math.max(1, strangers)))
      temperatures.set(
        id,
        fitTemperature(predictions, headLabels(head, labels), [
          ...inside,
          ...outside.filter((_, at) => at % step === 0),
        ]),
      )
      continue
    }
    const index = partitionIndex(id)
    temperatures.set(
      id,
      fitTemperature(
        predictions,
        labels,
        index === undefined ? all : all.filter((image) => chosen[image] === index),
      ),
    )
  }
  return temperatures
}

/**
 * What localities that are `recorded` go by; the validation images in their order where the data was not
 * recorded in sessions.
 */
function recordingsFor(
  context: EvaluationContext,
  networks: TrainedNetworks,
  validation: SplitAnswers,
): SplitAnswers {
  const lengths = context.config.gate.localities
    .filter(({ recorded = false }) => recorded)
    .map(({ meanLength }) => meanLength)
  return (
    (lengths.length === 0
      ? undefined
      : answerRecordings(context, networks, 'validation', Math.max(...lengths))) ?? validation
  )
}

/** Answers to the pictures that no network knows. */
export const answerStrangers = (
  context: EvaluationContext,
  networks: TrainedNetworks,
  split: 'validation' | 'test',
): SplitAnswers => answerSplit(context, networks, drawStrangers(context.dataset, split), `${split} strangers`)

/**
 * Stage 5, on validation images: temperatures, then the gates of CacheNet and of its opponents on the same
 * streams.
 */
export const calibrate = (
  context: EvaluationContext,
  networks: TrainedNetworks,
  validation: SplitAnswers,
): Calibration => endingAtOnce(() => calibrateGates(context, networks, validation))

function calibrateGates(
  context: EvaluationContext,
  networks: TrainedNetworks,
  validation: SplitAnswers,
): Calibration {
  const { config, dataset } = context
  const {
    streamKind,
    streamLength,
    streamFrames: frames,
    cacheEntries,
    mostProbes,
    keepShares,
    scenePriors,
    accuracyTolerance,
    reserve,
    leastBeliefs,
    testEvery,
  } = config.gate
  const localities = config.gate.localities.filter(({ kind }) => isDrawable(context, kind))
  const tolerance = accuracyTolerance * (1 - reserve)
  const classes = dataset.classNames.length
  const scenes = scenePriors.some(({ knowsScenes = false }) => knowsScenes)
    ? sceneKnowledge(dataset, { ...config.gate, localities })
    : undefined
  const facts: NetworkFacts = {
    temperatures: fitTemperatures(validation),
    bounds: strangeBounds(validation, answerStrangers(context, networks, 'validation'), config.gate),
  }
  const recordings = recordingsFor(context, networks, validation)
  const [drawn, recorded] = [answerTable(validation, facts), answerTable(recordings, facts)]
  const streamOf = (
    images: readonly number[],
    isRecorded: boolean,
    entries: number,
    keepShare: number,
  ): CalibrationStream => {
    const table = isRecorded ? recorded : drawn
    // Everybody is held against a full model that knows of the scene what can be known.
    const best = bestEdgeScene(images, table, scenePriors, scenes)
    return {
      images,
      table,
      classes,
      device: { cacheEntries: entries, keepShare, scenes },
      edgeSceneAccuracy: best.accuracy,
      edgeSceneRight: best.rightFrames,
    }
  }

  const costs = { ...networkCosts(context), fullMegaMacs: megaMacsOfFull(networks.full.spec) }
  const costOf: GateOptions['costOf'] = (spent) => expectedMs(costs, spent, config.search.device)
  const mainKind = isDrawable(context, streamKind) ? streamKind : 'single'
  const mainImages = imageStream(
    context,
    validation.labels,
    { kind: mainKind, meanLength: streamLength, frames },
    'calibration',
  )
  const main = streamOf(mainImages, false, cacheEntries, 1)
  const bare = { tolerance, costOf, testEvery }
  const aloneOn = (stream: CalibrationStream): GateSettings =>
    chooseAlone({ ...stream, device: { ...stream.device, cacheEntries: 0 } }, [undefined], bare)?.gate ??
    cascadeAt(0)
  const options: GateOptions = { ...bare, mostProbes, cascade: aloneOn(main), scenePriors, leastBeliefs }
  let done = 0
  const total = localities.length * (networks.partitions.length === 0 ? 1 : 2) + keepShares.length
  const onRow = (): void => context.progress.count('calibration', ++done, total)
  context.progress.start()
  const streams = localities.map((locality) => {
    const isRecorded = locality.recorded === true
    const { labels } = isRecorded ? recordings : validation
    // All that was recorded: a mistake about a session lasts for it, so that sessions count here, not frames.
    const length = isRecorded ? Math.max(frames, labels.length) : frames
    return {
      ...streamOf(
        imageStream(context, labels, { ...locality, frames: length }, 'calibration'),
        isRecorded,
        cacheEntries,
        1,
      ),
      changeRate: 1 / locality.meanLength,
    }
  })
  const rowsOf = (entries: number, keepShare: number, changed: Partial<GateOptions>): LocalityRow[] =>
    calibrateLocalities(
      streams.map((stream) => ({
        ...stream,
        device: { ...stream.device, cacheEntries: entries, keepShare },
      })),
      { ...options, ...changed },
      onRow,
    )

  const plain: CalibratedGate = { gate: options.cascade, localities: [] }
  const cascadeScene: CalibratedGate = {
    ...plain,
    localities: scenePriors.length === 0 ? [] : rowsOf(0, 1, { mostProbes: 0 }),
  }
  if (networks.partitions.length === 0)
    return {
      ...facts,
      keepShare: 1,
      scenes,
      cacheNet: cascadeScene,
      curve: curveOf(main, plain.gate),
      cascade: plain,
      cascadeScene,
    }

  const byShare = keepShares.map((keepShare) => {
    const chosen = chooseGate({ ...main, device: { ...main.device, keepShare } }, options)
    onRow()
    return { keepShare, chosen }
  })
  const { keepShare, chosen } = byShare.reduce((best, candidate) =>
    isAhead(candidate.chosen, best.chosen, options) ? candidate : best,
  )
  return {
    ...facts,
    keepShare,
    scenes,
    cacheNet: { gate: chosen.gate, localities: rowsOf(cacheEntries, keepShare, {}) },
    curve: curveOf({ ...main, device: { ...main.device, keepShare } }, chosen.gate),
    cascade: plain,
    cascadeScene,
  }
}

/**
 * The whole curve of one way to ask; the generalist's own threshold goes with it where only the generalist is
 * asked.
 */
function curveOf(stream: CalibrationStream, gate: GateSettings): GatePoint[] {
  const isPlain = gate.maxProbes === 0
  return gateCurve(stream, (thresholdNats) => ({
    ...gate,
    thresholdNats,
    ...(isPlain ? { generalistThresholdNats: thresholdNats } : {}),
  })).map(({ thresholdNats, coverage, accuracyOnHits, accuracyOfWhole }) => ({
    thresholdNats,
    coverage,
    accuracyOnHits,
    accuracyOfWhole,
  }))
}
