import { customGrad, engine, type GradSaveFunc, type Tensor, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core'
import { allocate, view, wasmBackend } from './heap.ts'

/** Small, so that channels of little variance are still brought to unit variance. */
const epsilon = 1e-6

/** Statistics of one batch, one value a channel. */
export interface BatchStatistics {
  readonly mean: Float64Array
  /** Biased: divided by the count. */
  readonly variance: Float64Array
}

function batchStatistics(x: Float32Array, channels: number): BatchStatistics {
  const mean = new Float64Array(channels)
  const variance = new Float64Array(channels)
  const count = x.length / channels
  for (let start = 0; start < x.length; start += channels) {
    for (let channel = 0; channel < channels; channel++) {
      const value = x[start + channel]!
      mean[channel]! += value
      variance[channel]! += value * value
    }
  }
  for (let channel = 0; channel < channels; channel++) {
    mean[channel]! /= count
    variance[channel] = Math.max(0, variance[channel]! / count - mean[channel]! ** 2)
  }
  return { mean, variance }
}

/** What running statistics fold to: y = scale · x + offset per channel, before the ReLU. */
export function foldedAffine(mean: number, variance: number, gain: number, shift: number): { scale: number; offset: number } {
  const scale = gain / Math.sqrt(variance + epsilon)
  return { scale, offset: shift - mean * scale }
}

function runForward(x: Tensor4D, gain: Float32Array, shift: Float32Array, { mean, variance }: BatchStatistics): Tensor4D {
  const backend = wasmBackend()
  const channels = shift.length
  const [result] = allocate(backend, [x.shape])
  const source = view(backend, x)
  const target = view(backend, result!)
  const scale = new Float64Array(channels)
  const offset = new Float64Array(channels)
  for (let channel = 0; channel < channels; channel++) {
    const affine = foldedAffine(mean[channel]!, variance[channel]!, gain[channel]!, shift[channel]!)
    scale[channel] = affine.scale
    offset[channel] = affine.offset
  }
  for (let start = 0; start < source.length; start += channels) {
    for (let channel = 0; channel < channels; channel++) {
      const value = source[start + channel]! * scale[channel]! + offset[channel]!
      target[start + channel] = value > 0 ? value : 0
    }
  }
  return engine().makeTensorFromTensorInfo(result!) as Tensor4D
}

interface Gradients {
  dx: Tensor4D
  dgain: Float32Array
  dshift: Float32Array
}

/** With x̂ = (x − μ)/σ and g the gradient behind the ReLU: dx = γ/σ · (g − mean(g) − x̂ · mean(g·x̂)), Ioffe & Szegedy 2015. */
function runBackward(dy: Tensor4D, x: Tensor4D, y: Tensor4D, gain: Float32Array, { mean, variance }: BatchStatistics): Gradients {
  const backend = wasmBackend()
  const channels = gain.length
  const [result] = allocate(backend, [x.shape])
  const gradient = view(backend, dy)
  const source = view(backend, x)
  const output = view(backend, y)
  const target = view(backend, result!)
  const count = source.length / channels
  const sum = new Float64Array(channels)
  const product = new Float64Array(channels)
  for (let start = 0; start < source.length; start += channels) {
    for (let channel = 0; channel < channels; channel++) {
      if (output[start + channel]! > 0) {
        const g = gradient[start + channel]!
        sum[channel]! += g
        product[channel]! += g * source[start + channel]!
      }
    }
  }
  const dgain = new Float32Array(channels)
  const dshift = new Float32Array(channels)
  // dx = a·g + b·x + c per channel: the formula above, with its constants gathered.
  const a = new Float64Array(channels)
  const b = new Float64Array(channels)
  const c = new Float64Array(channels)
  for (let channel = 0; channel < channels; channel++) {
    const inverse = 1 / Math.sqrt(variance[channel]! + epsilon)
    const normalised = (product[channel]! - mean[channel]! * sum[channel]!) * inverse
    dshift[channel] = sum[channel]!
    dgain[channel] = normalised
    a[channel] = gain[channel]! * inverse
    b[channel] = (-a[channel]! * inverse * normalised) / count
    c[channel] = (-a[channel]! * sum[channel]!) / count - b[channel]! * mean[channel]!
  }
  for (let start = 0; start < source.length; start += channels) {
    for (let channel = 0; channel < channels; channel++) {
      const index = start + channel
      const g = output[index]! > 0 ? gradient[index]! : 0
      target[index] = a[channel]! * g + b[channel]! * source[index]! + c[channel]!
    }
  }
  return { dx: engine().makeTensorFromTensorInfo(result!) as Tensor4D, dgain, dshift }
}

/**
 * Batch normalisation and ReLU in one pass over the WASM heap, with one custom gradient; channels last.
 * Statistics are those of this batch; `onStatistics` receives them for the running averages that the export folds away.
 *
 * @param x [batch, height, width, channels]
 * @param gain [channels], positive: only then does folding commute with a max-pool behind it
 * @param shift [channels]
 */
export function batchNormRelu(x: Tensor4D, gain: Tensor1D, shift: Tensor1D, onStatistics: (statistics: BatchStatistics) => void): Tensor4D {
  const operation = customGrad((...inputs) => {
    const [input, gainTensor, shiftTensor, save] = inputs as unknown as [Tensor4D, Tensor1D, Tensor1D, GradSaveFunc]
    const gainValues = gainTensor.dataSync<'float32'>().slice()
    const statistics = batchStatistics(view(wasmBackend(), input), gainValues.length)
    onStatistics(statistics)
    const value = runForward(input, gainValues, shiftTensor.dataSync<'float32'>().slice(), statistics)
    save([input, value])
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
      const [savedInput, savedOutput] = saved as [Tensor4D, Tensor4D]
      const { dx, dgain, dshift } = runBackward(dy as Tensor4D, savedInput, savedOutput, gainValues, statistics)
      return [dx, engine().makeTensor(dgain, [dgain.length], 'float32'), engine().makeTensor(dshift, [dshift.length], 'float32')]
    }
    return { value, gradFunc }
  })
  return operation(x, gain, shift)
}
