import type { NamedTensor } from '../../core/bundle/weights.ts'
import { planNetwork } from '../../core/network/plan.ts'
import type { NetworkSpec } from '../../core/network/spec.ts'

/** Weights around zero for a network, under which activations keep their size from layer to layer. */
export const randomWeights = (spec: NetworkSpec, normal: () => number): NamedTensor[] =>
  planNetwork(spec).tensors.map(({ name, shape, size }) => {
    const deviation = name.endsWith('/bias') ? 0.1 : Math.sqrt((1.5 * (shape.at(-1) ?? 1)) / size)
    return { name, shape, values: Float32Array.from({ length: size }, () => normal() * deviation) }
  })
