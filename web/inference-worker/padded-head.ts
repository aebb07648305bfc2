import type { NamedTensor } from '../../core/bundle/weights.ts'
import type { NetworkSpec } from '../../core/network/spec.ts'

/** Bias of outputs that a network does not have: finite, and so low that no softmax gives them anything. */
const absentBias = -30_000

/** The network with so many outputs: what one graph is laid out for that runs networks of different heads. */
export function withUnits(spec: NetworkSpec, units: number): NetworkSpec {
  const head = spec.layers.at(-1)
  return head?.kind === 'dense'
    ? { ...spec, layers: [...spec.layers.slice(0, -1), { ...head, units }] }
    : spec
}

/** All of a network but the number of its outputs: networks with the same trunk run on one graph. */
export const trunkOf = (spec: NetworkSpec): string => JSON.stringify(withUnits(spec, 1))

export const unitsOf = (spec: NetworkSpec): number => {
  const head = spec.layers.at(-1)
  return head?.kind === 'dense' ? head.units : 0
}

/**
 * Weights for a graph with more outputs than the network has: the head's kernel [inputs, outputs] and bias
 * [outputs] are filled up.
 *
 * @param weights in the order of the network's tensors: the head's kernel and bias come last
 */
export function padHead(weights: readonly NamedTensor[], units: number): readonly NamedTensor[] {
  const [kernel, bias] = weights.slice(-2)
  const outputs = bias?.values.length ?? 0
  if (kernel === undefined || bias === undefined || outputs >= units) return weights
  const inputs = kernel.values.length / outputs
  const widened = new Float32Array(inputs * units)
  for (let input = 0; input < inputs; input++)
    widened.set(kernel.values.subarray(input * outputs, (input + 1) * outputs), input * units)
  const biases = new Float32Array(units).fill(absentBias)
  biases.set(bias.values)
  return [
    ...weights.slice(0, -2),
    { ...kernel, shape: [inputs, units], values: widened },
    { ...bias, shape: [units], values: biases },
  ]
}
