import { byLeastRecentUse, createCacheState, stepCache } from '../cache/lru.ts'
import { createAdaptiveGate, observationCount, observationsOf, observe, settingsOf, type AdaptiveGateState, type GateEvent } from './adaptive-gate.ts'
import { generalistId, passGate, probeOrder, type GateSettings } from './gate.ts'
import { selectPartition } from './select-partition.ts'

/** What every network says of every image: the stream is replayed from this table, no network runs. */
export interface AnswerTable {
  /** Entropy in nats of each image under a network, by the network's id (partitions and the generalist). */
  readonly entropies: ReadonlyMap<string, Float32Array>
  /** Index of the class that a network answers, by the same ids. */
  readonly answers: ReadonlyMap<string, ArrayLike<number>>
  readonly fullAnswers: ArrayLike<number>
  /** The true class of each image. */
  readonly labels: ArrayLike<number>
  /** c(x) of each image, and the ids of the partitions in the code's order. */
  readonly codes: readonly ArrayLike<number>[]
  readonly partitions: readonly string[]
}

/** One setting for the whole stream, or the adaptive gate. */
export type SimulatedGate = GateSettings | AdaptiveGateState

export interface SimulatedDevice {
  /** Partitions that the phone keeps; 0 leaves it with the generalist: the plain Cascade. */
  readonly cacheEntries: number
  readonly keepShare: number
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
  /** Share of frames that missed and for which the edge named another partition than the one in use: what the adaptive gate sees. */
  readonly changeRate: number
  /** Share of the frames at each place of `observationsOf`. */
  readonly events: readonly number[]
}

const isAdaptive = (gate: SimulatedGate): gate is AdaptiveGateState => 'rows' in gate

/**
 * Replays a stream of images through the gate, the selector and the LRU policy, as the phone and the edge would run it.
 *
 * @param images index of the image of each frame
 */
export function simulateStream(images: ArrayLike<number>, table: AnswerTable, gate: SimulatedGate, { cacheEntries, keepShare }: SimulatedDevice): StreamResult {
  let adaptive = isAdaptive(gate) ? createAdaptiveGate(gate.rows, gate.fallback) : undefined
  let settings = isAdaptive(gate) ? settingsOf(createAdaptiveGate(gate.rows, gate.fallback)) : gate
  let cache = createCacheState({ entries: cacheEntries, bytes: Number.MAX_SAFE_INTEGER })
  const indexOf = new Map(table.partitions.map((id, index) => [id, index]))
  let byRecency: readonly string[] = []
  let order = probeOrder(byRecency, settings)
  let [hits, right, fullRight, hitsRight, switches, downloads, changes, asked] = [0, 0, 0, 0, 0, 0, 0, 0]

  const touch = (id: string): void => {
    if (id === byRecency[0]) return
    switches++
    cache = stepCache(cache, id in cache.entries ? { kind: 'used', id } : { kind: 'stored', id, bytes: 1 }).state
    byRecency = byLeastRecentUse(cache).reverse()
    order = probeOrder(byRecency, settings)
  }
  const events = new Array<number>(observationCount).fill(0)
  let before: number | undefined
  const note = (event: Exclude<GateEvent, { kind: 'audit' }>, answered: number): void => {
    const seen = before === undefined ? event : { ...event, repeats: answered === before }
    before = answered
    const places = observationsOf(seen)
    for (const place of places) events[place] = (events[place] ?? 0) + 1 / places.length
    if (adaptive === undefined) return
    const { row } = adaptive
    adaptive = observe(adaptive, seen)
    if (adaptive.row === row) return
    settings = settingsOf(adaptive)
    order = probeOrder(byRecency, settings)
  }

  for (let frame = 0; frame < images.length; frame++) {
    const image = images[frame] ?? 0
    const label = table.labels[image] ?? -1
    const fullAnswer = table.fullAnswers[image] ?? -1
    fullRight += Number(fullAnswer === label)
    const decision = passGate(order, settings, (network) => {
      asked++
      return { network, entropyNats: table.entropies.get(network)?.[image] ?? Infinity }
    })
    if (decision.kind === 'hit') {
      const { network } = decision.answer
      const answered = table.answers.get(network)?.[image] ?? -1
      const isRight = Number(answered === label)
      hits++
      right += isRight
      hitsRight += isRight
      if (network !== generalistId) touch(network)
      note({ kind: 'hit' }, answered)
      continue
    }
    right += Number(fullAnswer === label)
    const code = table.codes[image]
    if (code === undefined || cacheEntries === 0) continue
    const chosen = table.partitions[selectPartition(code, byRecency.map((id) => indexOf.get(id) ?? -1), keepShare)]
    if (chosen === undefined) continue
    const isChange = chosen !== byRecency[0]
    if (isChange) changes++
    if (!(chosen in cache.entries)) downloads++
    touch(chosen)
    note({ kind: 'miss', isChange }, fullAnswer)
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
    changeRate: changes / frames,
    events: events.map((count) => count / frames),
  }
}
