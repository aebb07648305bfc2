import { requireLayers } from '../../core/bundle/full-network.ts'
import { decodeWeights } from '../../core/bundle/weights.ts'
import type { NetworkSpec } from '../../core/network/spec.ts'
import type { BranchLayer, ConvLayer, DepthwiseLayer, Layer } from '../../core/network/layer.ts'
import type { SampleBundle } from '../../core/testing/sample-bundle.ts'
import { engineBundleOf } from './engine-samples.ts'

// A network worked out with plain loops, in double precision, without any of the code or libraries under
// test.

interface Tensor {
  readonly shape: readonly number[]
  readonly values: number[]
}
type Weights = ReadonlyMap<string, Float32Array>

const at = (values: ArrayLike<number>, index: number): number => values[index] ?? NaN
const activate = (activation: 'linear' | 'relu', value: number): number =>
  activation === 'relu' ? Math.max(0, value) : value

function named(weights: Weights, name: string): Float32Array {
  const values = weights.get(name)
  if (values === undefined) throw new RangeError(`no weights named ${name}`)
  return values
}

function conv(
  { name, filters, kernelSize, stride, padding, activation }: ConvLayer,
  weights: Weights,
  x: Tensor,
): Tensor {
  const [height = 0, width = 0, channels = 0] = x.shape
  const kernel = named(weights, `${name}/kernel`)
  const bias = named(weights, `${name}/bias`)
  const outOf = (extent: number): number =>
    padding === 'same' ? Math.ceil(extent / stride) : Math.floor((extent - kernelSize) / stride) + 1
  const before = (extent: number): number =>
    padding === 'same' ? Math.floor(Math.max((outOf(extent) - 1) * stride + kernelSize - extent, 0) / 2) : 0
  const values: number[] = []
  for (let row = 0; row < outOf(height); row++) {
    for (let column = 0; column < outOf(width); column++) {
      for (let filter = 0; filter < filters; filter++) {
        let sum = at(bias, filter)
        for (let i = 0; i < kernelSize; i++) {
          for (let j = 0; j < kernelSize; j++) {
            const y = row * stride + i - before(height)
            const z = column * stride + j - before(width)
            if (y < 0 || z < 0 || y >= height || z >= width) continue
            for (let channel = 0; channel < channels; channel++) {
              const weight = at(kernel, ((i * kernelSize + j) * channels + channel) * filters + filter)
              sum += at(x.values, (y * width + z) * channels + channel) * weight
            }
          }
        }
        values.push(activate(activation, sum))
      }
    }
  }
  return { shape: [outOf(height), outOf(width), filters], values }
}

function depthwise({ name, stride, activation }: DepthwiseLayer, weights: Weights, x: Tensor): Tensor {
  const [height = 0, width = 0, channels = 0] = x.shape
  const kernel = named(weights, `${name}/kernel`)
  const bias = named(weights, `${name}/bias`)
  const rows = Math.ceil(height / stride)
  const columns = Math.ceil(width / stride)
  const before = (extent: number, out: number): number =>
    Math.floor(Math.max((out - 1) * stride + 3 - extent, 0) / 2)
  const values: number[] = []
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = at(bias, channel)
        for (let i = 0; i < 3; i++) {
          for (let j = 0; j < 3; j++) {
            const y = row * stride + i - before(height, rows)
            const z = column * stride + j - before(width, columns)
            if (y < 0 || z < 0 || y >= height || z >= width) continue
            sum +=
              at(x.values, (y * width + z) * channels + channel) *
              at(kernel, (i * 3 + j) * channels + channel)
          }
        }
        values.push(activate(activation, sum))
      }
    }
  }
  return { shape: [rows, columns, channels], values }
}

const branchStep = (layer: BranchLayer, weights: Weights, x: Tensor): Tensor =>
  layer.kind === 'conv' ? conv(layer, weights, x) : depthwise(layer, weights, x)

/** One window that may be as large as the image; `mean` or the largest value of each channel. */
function pool(x: Tensor, window: readonly [number, number], stride: number, mode: 'max' | 'average'): Tensor {
  const [height = 0, width = 0, channels = 0] = x.shape
  const rows = Math.floor((height - window[0]) / stride) + 1
  const columns = Math.floor((width - window[1]) / stride) + 1
  const values: number[] = []
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let channel = 0; channel < channels; channel++) {
        const seen: number[] = []
        for (let i = 0; i < window[0]; i++) {
          for (let j = 0; j < window[1]; j++)
            seen.push(at(x.values, ((row * stride + i) * width + column * stride + j) * channels + channel))
        }
        values.push(
          mode === 'max' ? Math.max(...seen) : seen.reduce((sum, value) => sum + value, 0) / seen.length,
        )
      }
    }
  }
  return { shape: [rows, columns, channels], values }
}

function apply(layer: Layer, weights: Weights, x: Tensor): Tensor {
  const [height = 0, width = 0, channels = 0] = x.shape
  switch (layer.kind) {
    case 'conv':
    case 'depthwise':
      return branchStep(layer, weights, x)
    case 'maxPool':
      return pool(x, [layer.poolSize, layer.poolSize], layer.stride, 'max')
    case 'globalPool':
      return { shape: [channels], values: pool(x, [height, width], 1, layer.mode).values }
    case 'residual': {
      const branch = layer.layers.reduce((inner, step) => branchStep(step, weights, inner), x)
      return { shape: x.shape, values: x.values.map((value, index) => value + at(branch.values, index)) }
    }
    case 'dense': {
      const kernel = named(weights, `${layer.name}/kernel`)
      const values = Array.from(named(weights, `${layer.name}/bias`), (bias, unit) =>
        activate(
          layer.activation,
          x.values.reduce((sum, value, index) => sum + value * at(kernel, index * layer.units + unit), bias),
        ),
      )
      return { shape: [layer.units], values }
    }
    default:
      return layer satisfies never
  }
}

export function runReference(
  spec: NetworkSpec,
  blob: Uint8Array,
  input: number[],
): { logits: number[]; features: number[] } {
  const weights = new Map(decodeWeights(spec, blob).map(({ name, values }) => [name, values]))
  let x: Tensor = { shape: spec.inputShape, values: input }
  let features = x
  for (const layer of spec.layers) {
    features = x
    x = apply(layer, weights, x)
  }
  return { logits: x.values, features: features.values }
}

/** Logits and z̄ that a bundle's full model and encoder give for preprocessed frames, one after the other. */
export function referenceOutput(
  sample: SampleBundle,
  frames: Float32Array,
  count: number,
): { logits: Float32Array; codeLogits: Float32Array } {
  const { full, encoder } = engineBundleOf(sample)
  const logits: number[] = []
  const codeLogits: number[] = []
  const size = frames.length / count
  for (let index = 0; index < count; index++) {
    const image = Array.from(frames.subarray(index * size, (index + 1) * size))
    const answer = runReference(requireLayers(full.spec), full.blob, image)
    logits.push(...answer.logits)
    if (encoder !== undefined)
      codeLogits.push(
        ...runReference(encoder.spec, encoder.blob, encoder.trunk === 'full' ? answer.features : image)
          .logits,
      )
  }
  return { logits: Float32Array.from(logits), codeLogits: Float32Array.from(codeLogits) }
}
