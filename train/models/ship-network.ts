import { decodeWeights, encodeWeights, type NamedTensor } from '../../core/bundle/weights.ts'
import type { NetworkSpec } from '../../core/network/spec.ts'
import type { FullGraph } from '../full/full-graph.ts'
import type { Architecture } from './architecture.ts'
import { foldNetwork, inferenceSpec } from './fold.ts'

/**
 * A network as it ships. Its weights went through the blob's float16, so what is measured is what is served.
 */
export interface ShippedNetwork {
  readonly spec: NetworkSpec
  readonly blob: Uint8Array
  readonly weights: readonly NamedTensor[]
}

/** The full model: trained here, or one that somebody brought. */
export type FullModel = ShippedNetwork | FullGraph

export function shipWeights(spec: NetworkSpec, weights: readonly NamedTensor[]): ShippedNetwork {
  const blob = encodeWeights(spec, weights)
  return { spec, blob, weights: decodeWeights(spec, blob) }
}

export interface TrainedNetwork extends ShippedNetwork {
  readonly architecture: Architecture
  /** The averaged training parameters: what another network can start from. */
  readonly vector: Float32Array
}

export function shipNetwork(architecture: Architecture, vector: Float32Array): TrainedNetwork {
  return {
    architecture,
    vector,
    ...shipWeights(inferenceSpec(architecture), foldNetwork(architecture, vector)),
  }
}
