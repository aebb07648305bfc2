import { partitionSpec, type PartitionHead } from '../../core/bundle/partition-head.ts'
import { generalistId } from '../../core/gate/gate.ts'
import type { NetworkSpec } from '../../core/network/spec.ts'
import { NetworkRunner } from './network-runner.ts'
import { trunkOf, unitsOf, withUnits } from './padded-head.ts'
import type { ResidentSpec } from './residents.ts'
import type { WasmKernels } from './wasm-kernels.ts'

/** What networks a bundle runs on a device. */
export interface BundleNetworks {
  /** Of the generalist. */
  readonly spec: NetworkSpec
  /** What all partitions share, but for the outputs of their heads; the generalist's where it is left out. */
  readonly partitionSpec?: NetworkSpec | undefined
  /** Of partitions that have outputs of their own, by id. */
  readonly heads?: ReadonlyMap<string, PartitionHead> | undefined
}

/** The graphs of a bundle, one for each trunk, and which of them runs a network. */
export class BundleGraphs {
  readonly #runners = new Map<string, NetworkRunner>()
  readonly #specs: ReadonlyMap<string, NetworkSpec>
  readonly #generalist: NetworkSpec
  readonly #partition: NetworkSpec
  readonly #units = new Map<string, number>()

  constructor(
    kernels: WasmKernels,
    { spec, partitionSpec: shared = spec, heads = new Map() }: BundleNetworks,
  ) {
    this.#generalist = spec
    this.#partition = shared
    this.#specs = new Map([...heads].map(([id, head]) => [id, partitionSpec(shared, head)]))
    for (const one of [spec, ...(heads.size === 0 ? [shared] : this.#specs.values())])
      this.#units.set(trunkOf(one), Math.max(unitsOf(one), this.#units.get(trunkOf(one)) ?? 0))
    for (const one of [spec, shared]) {
      const trunk = trunkOf(one)
      if (!this.#runners.has(trunk))
        this.#runners.set(
          trunk,
          new NetworkRunner(kernels, withUnits(one, this.#units.get(trunk) ?? unitsOf(one))),
        )
    }
  }

  /** Of the generalist or of a partition, by id, known here or not yet. */
  specOf(id: string): ResidentSpec & { readonly runner: NetworkRunner } {
    const spec = id === generalistId ? this.#generalist : (this.#specs.get(id) ?? this.#partition)
    const trunk = trunkOf(spec)
    const runner = this.#runners.get(trunk)
    if (runner === undefined) throw new RangeError(`no graph runs ${id}`)
    return { spec, units: this.#units.get(trunk) ?? unitsOf(spec), runner }
  }

  runnerOf(id: string): NetworkRunner {
    return this.specOf(id).runner
  }

  dispose(): void {
    for (const runner of this.#runners.values()) runner.dispose()
  }
}
