import { applyDelta, type DeltaSpec } from '../../core/bundle/delta.ts'
import { decodeWeights, type NamedTensor } from '../../core/bundle/weights.ts'
import {
  byLeastRecentUse,
  createCacheState,
  stepCache,
  type CacheEvent,
  type CacheState,
} from '../../core/cache/lru.ts'
import { generalistId } from '../../core/gate/gate.ts'
import type { Light, Lighting } from '../../core/light/light.ts'
import type { NetworkSpec } from '../../core/network/spec.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { NetworkWeights } from './graph/network-weights.ts'
import type { NetworkRunner } from './network-runner.ts'
import { padHead } from './padded-head.ts'
import type { TensorMemory } from './tensor-memory.ts'

export interface NetworkBlob {
  /**
   * A whole-weights blob (`core/bundle/weights.ts`) or a delta against the generalist
   * (`core/bundle/delta.ts`).
   */
  readonly weights: Uint8Array
  readonly temperature: number
  /** Above it a frame is strange to the network: see `strangeness`. Nothing is, where it is left out. */
  readonly mostStrange?: number | undefined
  /** In which it looks again at what is strange to it as it is. */
  readonly light?: Light | undefined
  /** Whole where it is not said. */
  readonly form?: 'whole' | 'delta' | undefined
}

/** A network whose weights are in the WebAssembly memory. */
export interface ResidentNetwork {
  readonly weights: NetworkWeights
  readonly temperature: number
  readonly mostStrange: number
  /**
   * How it looks at a picture, in this order, until it is not strange: what was familiar last comes first,
   * for it stays dusk for a while.
   */
  lightings: readonly [Lighting, ...Lighting[]]
}

/** What a network in memory is: its spec, and the graph that runs it with how many outputs. */
export interface ResidentSpec {
  readonly spec: NetworkSpec
  readonly units: number
  readonly runner: Pick<NetworkRunner, 'upload'>
}

/** The networks in memory: the generalist always, partitions by recency as far as there is room. */
export class Residents {
  readonly #memory: TensorMemory
  readonly #specOf: (id: string) => ResidentSpec
  readonly #delta: DeltaSpec | undefined
  /** Kept in numbers only where there are deltas to add to it. */
  readonly #generalist: readonly NamedTensor[]
  readonly #networks = new Map<string, ResidentNetwork>()
  #recency: CacheState

  constructor(
    memory: TensorMemory,
    specOf: (id: string) => ResidentSpec,
    generalist: NetworkBlob,
    maxPartitions: number,
    delta?: DeltaSpec,
  ) {
    this.#memory = memory
    this.#specOf = specOf
    this.#delta = delta
    this.#generalist = delta === undefined ? [] : decodeWeights(specOf(generalistId).spec, generalist.weights)
    this.#recency = createCacheState({ entries: maxPartitions, bytes: Number.POSITIVE_INFINITY })
    this.#upload(generalistId, generalist)
  }

  /** Partitions in memory, most recent first. */
  get order(): string[] {
    return byLeastRecentUse(this.#recency).reverse()
  }

  /** Throws `blob-missing` for a network that is not in memory. */
  get(id: string): ResidentNetwork {
    const network = this.#networks.get(id)
    if (network === undefined)
      throw new CacheNetError('blob-missing', `The weights of ${id} are not in memory.`, { id })
    return network
  }

  /** Uploads a partition and makes it the most recent. Throws `blob-truncated`; then nothing has changed. */
  load(id: string, blob: NetworkBlob): void {
    this.#upload(id, blob)
    this.#step({ kind: 'stored', id, bytes: blob.weights.byteLength })
  }

  /**
   * Gives a resident partition other weights, at the place where it is; nothing happens where it is not
   * resident.
   */
  refine(id: string, blob: NetworkBlob): void {
    if (this.#networks.has(id) && id !== generalistId) this.#upload(id, blob)
  }

  /** Makes a partition the most recent; nothing happens where it is not resident. */
  use(id: string): void {
    this.#step({ kind: 'used', id })
  }

  unload(id: string): void {
    this.#step({ kind: 'removed', id })
    if (id !== generalistId) this.#release(id)
  }

  setRoom(maxPartitions: number): void {
    this.#step({ kind: 'budget-set', budget: { entries: maxPartitions, bytes: Number.POSITIVE_INFINITY } })
  }

  dispose(): void {
    for (const id of [...this.#networks.keys()]) this.#release(id)
  }

  #decode(spec: NetworkSpec, { weights, form = 'whole' }: NetworkBlob): readonly NamedTensor[] {
    if (form === 'whole') return decodeWeights(spec, weights)
    if (this.#delta === undefined) throw new CacheNetError('manifest-invalid', 'This bundle has no deltas.')
    return applyDelta(spec, this.#delta, this.#generalist, weights)
  }

  #upload(id: string, blob: NetworkBlob): void {
    const { spec, units, runner } = this.#specOf(id)
    const decoded = padHead(this.#decode(spec, blob), units)
    // Given back first: kernels then find their memory where it was.
    this.#release(id)
    const weights = runner.upload(decoded)
    this.#networks.set(id, {
      weights,
      temperature: blob.temperature,
      mostStrange: blob.mostStrange ?? Infinity,
      lightings: blob.light === undefined ? [undefined] : [undefined, blob.light],
    })
  }

  #step(event: CacheEvent): void {
    const { state, evictions } = stepCache(this.#recency, event)
    this.#recency = state
    for (const id of evictions) this.#release(id)
  }

  #release(id: string): void {
    const network = this.#networks.get(id)
    if (network === undefined) return
    for (const tensor of network.weights) this.#memory.giveBack(tensor)
    this.#networks.delete(id)
  }
}
