import type { NamedTensor } from '../../core/bundle/weights.ts'
import { networkSpecSchema, type NetworkSpec, type NetworkSpecInput } from '../../core/network/spec.ts'
import { epsilon, foldedAffine } from '../kernels/batch-norm.ts'
import {
  convSteps,
  headScale,
  isSeparable,
  parameterLayout,
  trainedLayers,
  type Architecture,
  type PlainArchitecture,
} from './architecture.ts'
import { whiteningChannels, whiteningShape } from './first-layer.ts'
import {
  separableBlocks,
  whiteningStride,
  type SeparableArchitecture,
  type SeparableStep,
} from './separable.ts'

type LayersInput = NetworkSpecInput['layers']

function plainLayers(architecture: PlainArchitecture): LayersInput {
  return [
    { kind: 'conv', name: 'whiten', filters: whiteningChannels, kernelSize: 2, padding: 'valid' },
    ...convSteps(architecture).flatMap(({ name, outputs, isPooled }) => {
      const conv = { kind: 'conv', name, filters: outputs, kernelSize: 3 } as const
      return isPooled ? [conv, { kind: 'maxPool', poolSize: 2, stride: 2 } as const] : [conv]
    }),
    { kind: 'globalPool', mode: 'max' },
  ]
}

function separableLayers(architecture: SeparableArchitecture): LayersInput {
  const layer = ({ name, kind, outputs, stride, activation }: SeparableStep) =>
    kind === 'depthwise'
      ? ({ kind, name, stride, activation } as const)
      : ({ kind: 'conv', name, filters: outputs, kernelSize: 1, activation } as const)
  return [
    {
      kind: 'conv',
      name: 'whiten',
      filters: whiteningChannels,
      kernelSize: 2,
      stride: whiteningStride(architecture),
      padding: 'valid',
    },
    ...separableBlocks(architecture).flatMap(({ steps, isResidual }): LayersInput =>
      isResidual ? [{ kind: 'residual', layers: steps.map(layer) }] : steps.map(layer),
    ),
    { kind: 'globalPool', mode: 'average' },
  ]
}

/**
 * The network as it ships: norms folded into the convolutions, ReLU fused, of plain ones the max-pool behind
 * it (they commute, gains being positive).
 */
export function inferenceSpec(architecture: Architecture): NetworkSpec {
  const { size, classes } = architecture
  const spec: NetworkSpecInput = {
    inputShape: [size, size, 3],
    layers: [
      ...(isSeparable(architecture) ? separableLayers(architecture) : plainLayers(architecture)),
      { kind: 'dense', name: 'head', units: classes },
    ],
  }
  return networkSpecSchema.parse(spec)
}

/** Weights of `inferenceSpec` from a vector of training parameters. */
export function foldNetwork(architecture: Architecture, vector: Float32Array): NamedTensor[] {
  const { parameters } = parameterLayout(architecture)
  const values = new Map(
    parameters.map(({ name, offset, size }) => [name, vector.subarray(offset, offset + size)]),
  )
  const part = (name: string): Float32Array => values.get(name)!

  const whiten: NamedTensor[] = [
    { name: 'whiten/kernel', shape: whiteningShape, values: part('whiten/kernel').slice() },
    { name: 'whiten/bias', shape: [whiteningChannels], values: part('whiten/bias').slice() },
  ]
  const layers = trainedLayers(architecture)
  const convs = layers.flatMap(({ name, kernelShape, outputs }): NamedTensor[] => {
    const kernel = part(`${name}/kernel`).slice()
    const bias = new Float32Array(outputs)
    for (let output = 0; output < outputs; output++) {
      const at = (field: string): number => part(`${name}/${field}`)[output]!
      const { scale, offset } = foldedAffine(at('mean'), at('variance'), at('gain'), at('shift'))
      bias[output] = offset
      for (let index = output; index < kernel.length; index += outputs) kernel[index]! *= scale
    }
    return [
      { name: `${name}/kernel`, shape: kernelShape, values: kernel },
      { name: `${name}/bias`, shape: [outputs], values: bias },
    ]
  })
  const head: NamedTensor[] = [
    {
      name: 'head/kernel',
      shape: [layers.at(-1)!.outputs, architecture.classes],
      values: part('head/kernel').map((value) => value * headScale(architecture)),
    },
    { name: 'head/bias', shape: [architecture.classes], values: part('head/bias').slice() },
  ]
  return [...whiten, ...convs, ...head]
}

/**
 * The way back: parameters that fold to these weights of `inferenceSpec`, with norms that change nothing.
 * What shipped can teach again; it is no place to train on from, since what the norms knew of their batches
 * is gone.
 */
export function unfoldNetwork(architecture: Architecture, weights: readonly NamedTensor[]): Float32Array {
  const { parameters, size } = parameterLayout(architecture)
  const shipped = new Map(weights.map(({ name, values }) => [name, values]))
  const vector = new Float32Array(size)
  for (const { name, role, offset, size: count } of parameters) {
    const values = vector.subarray(offset, offset + count)
    if (role === 'gain') values.fill(Math.sqrt(1 + epsilon))
    else if (name.endsWith('/variance')) values.fill(1)
    else if (name === 'head/kernel')
      values.set(shipped.get(name)!.map((value) => value / headScale(architecture)))
    else if (role !== 'running') values.set(shipped.get(name.replace(/\/shift$/, '/bias'))!)
  }
  return vector
}
