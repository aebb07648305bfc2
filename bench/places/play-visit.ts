import type { Manifest } from '../../core/bundle/manifest.ts'
import { lightsOf } from '../../edge/inference/look-again.ts'
import { createAdaptiveGate } from '../../core/gate/adaptive-gate.ts'
import { generalistId } from '../../core/gate/gate.ts'
import { gateSettingsOf } from '../../core/gate/settings.ts'
import { fullId, strangerLabel } from '../../core/gate/answer-table.ts'
import { simulateStream } from '../../core/gate/simulate-stream.ts'
import { restoreConfig } from '../../train/config/resolve-config.ts'
import type { Split } from '../../train/data/dataset.ts'
import { partitionId } from '../../train/models/partition-id.ts'
import { predictImages } from '../../train/models/predict.ts'
import { readBundle } from '../../train/models/read-bundle.ts'
import { answerSplit, answerTable, type NetworkFacts, type SplitAnswers } from '../../train/stages/answers.ts'
import { relight } from '../../train/places/fit-light.ts'
import { lessStrange, looksOf } from '../../train/places/light-of-place.ts'
import { Progress } from '../../train/run/progress.ts'

/** Partitions that the device keeps, as the page does where nobody chose. */
const cacheEntries = 2

/** What the device did with a visit. */
export interface PlayedVisit {
  /** Share of the frames that were sent to the edge. */
  readonly misses: number
  readonly accuracy: number
  readonly fullAccuracy: number
  /** Share of the device's own answers that are the full model's. */
  readonly agreementOfHits: number
  /** Positions of the frames that were sent, in their order. */
  readonly sent: readonly number[]
}

function factsOf({ partitions, generalist, full }: Manifest): NetworkFacts {
  const networks = [
    [fullId, full] as const,
    [generalistId, generalist] as const,
    ...partitions.map((partition, index) => [partitionId(index), partition] as const),
  ]
  return {
    temperatures: new Map(networks.map(([id, { temperature }]) => [id, temperature])),
    bounds: new Map(
      networks.flatMap(([id, { mostStrange }]) => (mostStrange === undefined ? [] : [[id, mostStrange]])),
    ),
  }
}

/** A visit as phone and edge look at it: strange pictures again in the light of what was learned. */
function answersInLights(
  { manifest, networks }: Awaited<ReturnType<typeof readBundle>>,
  visit: Split,
  answers: SplitAnswers,
): SplitAnswers {
  const { input, partitions } = manifest
  const small = new Map(answers.networks)
  for (const [index, { learned }] of partitions.entries()) {
    const network = networks.partitions[index]?.whole
    if (learned?.light === undefined || network === undefined) continue
    small.set(partitionId(index), looksOf(network, input, visit, learned.light))
  }
  const full = lightsOf(manifest)
    .map((light) => predictImages(networks.full, relight(visit, light), input))
    .reduce((seen, lit) => lessStrange(seen, lit, false).predictions, answers.full)
  return { ...answers, networks: small, full }
}

/**
 * Plays a visit frame by frame with a bundle as it lies in a folder, by the product's own gate.
 *
 * @param isStrange nobody of the bundle is seen: then no answer is right
 */
export async function playVisit(folder: string, visit: Split, isStrange = false): Promise<PlayedVisit> {
  const bundle = await readBundle(folder)
  const { manifest, networks } = bundle
  const config = restoreConfig(manifest.training.config)
  const progress = new Progress({ write: () => undefined })
  // In their whole form: what a delta answers is not what takes its place after some frames.
  const partitions = networks.partitions.map((forms) => ({ ...forms, delta: undefined }))
  const asTheyAre = answerSplit(
    { config, input: manifest.input, progress },
    { ...networks, partitions },
    visit,
    'visit',
  )
  const answers = answersInLights(bundle, visit, asTheyAre)
  const table = answerTable(answers, factsOf(manifest))
  const gate = createAdaptiveGate(manifest.gate.localities, gateSettingsOf(manifest.gate))
  const frames = Array.from(visit.labels, (_, frame) => frame)
  const labels = isStrange ? visit.labels.map(() => strangerLabel) : table.labels
  const {
    coverage,
    accuracy,
    fullAccuracy,
    hitFrames,
    answers: said,
  } = simulateStream(frames, { ...table, labels }, gate, {
    cacheEntries,
    keepShare: manifest.selector.keepShare,
    scenes: manifest.scenes,
  })
  const hits = frames.filter((frame) => hitFrames[frame] === 1)
  const agreed = hits.filter((frame) => said[frame] === table.fullAnswers[frame]).length
  return {
    misses: 1 - coverage,
    accuracy,
    fullAccuracy,
    agreementOfHits: hits.length === 0 ? 1 : agreed / hits.length,
    sent: frames.filter((frame) => hitFrames[frame] === 0),
  }
}
