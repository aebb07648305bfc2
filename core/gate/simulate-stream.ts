import { byLeastRecentUse, createCacheState, stepCache } from '../cache/lru.ts'
import { createAdaptiveGate, observationCount, observationsOf, observe, settingsOf, type AdaptiveGateState, type GateEvent } from './adaptive-gate.ts'
import { AnswerRecency } from './answer-recency.ts'
import { argMax, predictiveEntropy } from './entropy.ts'
import { generalistId, passGate, probeOrder, secondLookId, type Candidate, type GateSettings } from './gate.ts'
import type { SceneKnowledge } from './scene-filter.ts'
import { SceneMemory } from './scene-memory.ts'
import { applyFactors } from './scene-prior.ts'
import { selectPartition } from './select-partition.ts'

/** What every network says of every image: the stream is replayed from this table, no network runs. */
export interface AnswerTable {
  /** Entropy in nats of each image under a network, by the network's id (partitions, the generalist, and its second look where it has one). */
  readonly entropies: ReadonlyMap<string, Float32Array>
  /** Index of the class that a network answers, by the same ids. */
  readonly answers: ReadonlyMap<string, ArrayLike<number>>
  readonly fullAnswers: ArrayLike<number>
  /** The true class of each image. */
  readonly labels: ArrayLike<number>
  /** c(x) of each image, and the ids of the partitions in the code's order. */
  readonly codes: readonly ArrayLike<number>[]
  readonly partitions: readonly string[]
  /**
   * Calibrated probabilities of a network, by the same ids, or of the full model as `full`: [images × classes]. Asked for by gates with
   * a scene prior only.
   */
  readonly probabilitiesOf?: (network: string) => Float32Array
}

/** One setting for the whole stream, or the adaptive gate. */
export type SimulatedGate = GateSettings | AdaptiveGateState

export interface SimulatedDevice {
  /** Partitions that the phone keeps; 0 leaves it with the generalist: the plain Cascade. */
  readonly cacheEntries: number
  readonly keepShare: number
  /** What the bundle knows of scenes, for gates that go by it. */
  readonly scenes?: SceneKnowledge | undefined
}

export interface StreamResult {
  readonly frames: number
  /** Share of frames answered on the device. */
  readonly coverage: number
  /** Over all frames; misses answered by the full model. */
  readonly accuracy: number
  /** Of the full model on the same frames. */
  readonly fullAccuracy: number
  readonly accuracyOnHits: number
  /** Networks that ran on the device, per frame. */
  readonly networksAsked: number
  /** Share of frames after which another partition became the most recent one. */
  readonly switchRate: number
  /** Share of frames after which a partition had to be downloaded. */
  readonly downloadRate: number
  /** Share of the frames at each place of `observationsOf`. */
  readonly events: readonly number[]
}

/** What `probabilitiesOf` calls the full model. */
export const fullId = 'full'

const isAdaptive = (gate: SimulatedGate): gate is AdaptiveGateState => 'rows' in gate

/**
 * Replays a stream of images through the gate, the selector and the LRU policy, as the phone and the edge would run it.
 *
 * @param images index of the image of each frame
 */
export function simulateStream(images: ArrayLike<number>, table: AnswerTable, gate: SimulatedGate, { cacheEntries, keepShare, scenes }: SimulatedDevice): StreamResult {
  let adaptive = isAdaptive(gate) ? createAdaptiveGate(gate.rows, gate.fallback) : undefined
  let settings = isAdaptive(gate) ? settingsOf(createAdaptiveGate(gate.rows, gate.fallback)) : gate
  let cache = createCacheState({ entries: cacheEntries, bytes: Number.MAX_SAFE_INTEGER })
  const indexOf = new Map(table.partitions.map((id, index) => [id, index]))
  let byRecency: readonly string[] = []
  let order = probeOrder(byRecency, settings)
  let [hits, right, fullRight, hitsRight, switches, downloads, asked] = [0, 0, 0, 0, 0, 0, 0]

  const touch = (id: string): void => {
    if (id === byRecency[0]) return
    switches++
    cache = stepCache(cache, id in cache.entries ? { kind: 'used', id } : { kind: 'stored', id, bytes: 1 }).state
    byRecency = byLeastRecentUse(cache).reverse()
    order = probeOrder(byRecency, settings)
  }
  const events = new Array<number>(observationCount).fill(0)
  const recency = new AnswerRecency<number>()
  const note = (event: Exclude<GateEvent, { kind: 'audit' }>, answered: number): void => {
    const seen = { ...event, recency: recency.note(answered) }
    const places = observationsOf(seen)
    for (const place of places) events[place] = (events[place] ?? 0) + 1 / places.length
    if (adaptive === undefined) return
    const { row } = adaptive
    adaptive = observe(adaptive, seen)
    if (adaptive.row === row) return
    settings = settingsOf(adaptive)
    order = probeOrder(byRecency, settings)
  }

  const scene = new SceneMemory(scenes)
  for (let frame = 0; frame < images.length; frame++) {
    const image = images[frame] ?? 0
    const label = table.labels[image] ?? -1
    fullRight += Number(table.fullAnswers[image] === label)
    const prior = settings.scenePrior
    const factors = scene.factors(prior, prior === undefined ? 0 : classesOf(table))
    const decision = passGate(order, settings, (network) => {
      asked++
      return answerOf(table, network, image, factors)
    })
    if (decision.kind === 'hit') {
      const { network, classIndex } = decision.answer
      const isRight = Number(classIndex === label)
      hits++
      right += isRight
      hitsRight += isRight
      scene.see(decision.answer.probabilities, factors, prior)
      if (network !== generalistId) touch(network)
      note({ kind: 'hit' }, classIndex)
      continue
    }
    const fromEdge = answerOf(table, fullId, image, factors)
    right += Number(fromEdge.classIndex === label)
    scene.see(fromEdge.probabilities, factors, prior)
    const code = table.codes[image]
    // A partition that nobody would ask is not fetched.
    const isWanted = code !== undefined && cacheEntries > 0 && settings.maxProbes > 0
    const chosen = !isWanted ? undefined : table.partitions[selectPartition(code, byRecency.map((id) => indexOf.get(id) ?? -1), keepShare)]
    const isChange = chosen !== undefined && chosen !== byRecency[0]
    if (chosen !== undefined) {
      if (!(chosen in cache.entries)) downloads++
      touch(chosen)
    }
    note({ kind: 'miss', isChange }, fromEdge.classIndex)
  }
  const frames = images.length
  return {
    frames,
    coverage: hits / frames,
    accuracy: right / frames,
    fullAccuracy: fullRight / frames,
    accuracyOnHits: hits === 0 ? 1 : hitsRight / hits,
    networksAsked: asked / frames,
    switchRate: switches / frames,
    downloadRate: downloads / frames,
    events: events.map((count) => count / frames),
  }
}

interface SimulatedAnswer extends Candidate {
  readonly classIndex: number
  /** Under the scene's prior; empty where there is none. */
  readonly probabilities: ArrayLike<number>
}

/** What a network says of an image under what the frames before it showed. */
function answerOf(table: AnswerTable, network: string, image: number, factors: Float32Array | undefined): SimulatedAnswer {
  const answering = network === secondLookId ? generalistId : network
  if (factors === undefined) {
    const answers = network === fullId ? table.fullAnswers : table.answers.get(network)
    return { network: answering, entropyNats: table.entropies.get(network)?.[image] ?? Infinity, classIndex: answers?.[image] ?? -1, probabilities: [] }
  }
  const classes = factors.length
  const probabilities = applyFactors(probabilitiesIn(table, network).subarray(image * classes, (image + 1) * classes), factors)
  return { network: answering, entropyNats: predictiveEntropy(probabilities), classIndex: argMax(probabilities), probabilities }
}

function probabilitiesIn({ probabilitiesOf }: AnswerTable, network: string): Float32Array {
  if (probabilitiesOf === undefined) throw new RangeError('A scene prior needs probabilities, and the table has none.')
  return probabilitiesOf(network)
}

const classesOf = (table: AnswerTable): number => probabilitiesIn(table, fullId).length / table.labels.length
