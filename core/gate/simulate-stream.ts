import { byLeastRecentUse, createCacheState, stepCache } from '../cache/lru.ts'
import { generalistId, passGate, probeOrder, type GateSettings } from './gate.ts'

/** What every network says of every image: the stream is replayed from this table, no network runs. */
export interface AnswerTable {
  /** Entropy in nats of each image under a network, by the network's id (partitions and the generalist). */
  readonly entropies: ReadonlyMap<string, Float32Array>
  /** Whether a network's answer is right, 1 or 0, by id. */
  readonly isRight: ReadonlyMap<string, Uint8Array>
  readonly isFullRight: Uint8Array
  /** Id of the partition that the code chooses for each image. */
  readonly chosen: readonly string[]
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
  /** Share of frames after which another partition became the most recent one. */
  readonly switchRate: number
  /** Share of frames after which a partition had to be downloaded. */
  readonly downloadRate: number
}

/**
 * Replays a stream of images through the gate and the LRU policy, as the phone and the edge would run it.
 *
 * @param images index of the image of each frame
 * @param cacheEntries partitions that the phone keeps; 0 leaves it with the generalist: the plain Cascade
 */
export function simulateStream(images: ArrayLike<number>, table: AnswerTable, settings: GateSettings, cacheEntries: number): StreamResult {
  let cache = createCacheState({ entries: cacheEntries, bytes: Number.MAX_SAFE_INTEGER })
  let [hits, right, fullRight, hitsRight, switches, downloads] = [0, 0, 0, 0, 0, 0]
  for (let frame = 0; frame < images.length; frame++) {
    const image = images[frame] ?? 0
    fullRight += table.isFullRight[image] ?? 0
    const byRecency = byLeastRecentUse(cache).reverse()
    const decision = passGate(probeOrder(byRecency, settings), settings, (network) => ({
      network,
      entropyNats: table.entropies.get(network)?.[image] ?? Infinity,
    }))
    if (decision.kind === 'hit') {
      const isRight = table.isRight.get(decision.answer.network)?.[image] ?? 0
      hits++
      right += isRight
      hitsRight += isRight
      if (decision.answer.network !== generalistId) {
        if (decision.answer.network !== byRecency[0]) switches++
        cache = stepCache(cache, { kind: 'used', id: decision.answer.network }).state
      }
      continue
    }
    right += table.isFullRight[image] ?? 0
    const chosen = table.chosen[image]
    if (chosen === undefined || cacheEntries === 0) continue
    if (chosen !== byRecency[0]) switches++
    const isCached = chosen in cache.entries
    if (!isCached) downloads++
    cache = stepCache(cache, isCached ? { kind: 'used', id: chosen } : { kind: 'stored', id: chosen, bytes: 1 }).state
  }
  const frames = images.length
  return {
    frames,
    coverage: hits / frames,
    accuracy: right / frames,
    fullAccuracy: fullRight / frames,
    accuracyOnHits: hits === 0 ? 1 : hitsRight / hits,
    switchRate: switches / frames,
    downloadRate: downloads / frames,
  }
}
