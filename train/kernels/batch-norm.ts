import {
  customGrad,
  engine,
  type GradSaveFunc,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  type TensorInfo,
} from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { assemblyKernels } from './assembly.ts'
import { address, allocate, view, wasmBackend } from './heap.ts'

/** Small, so that channels of little variance are still brought to unit variance. */
export const epsilon = 1e-6

/** Statistics of one batch, one value a channel. */
export interface BatchStatistics {
  readonly mean: Float64Array
  /** Biased: divided by the count. */
  readonly variance: Float64Array
}

/** Runs `use` with an empty place on the heap for `count` float64 values and returns what it left there. */
function sumsOf(backend: BackendWasm, count: number, use: (sums: number) => void): Float64Array {
  const [place] = allocate(backend, [[count * 2]]) as [TensorInfo]
  use(address(backend, place))
  // A copy, byte for byte: the place is given back, and need not be aligned for float64.
  const values = new Float64Array(view(backend, place).slice().buffer)
  backend.disposeData(place.dataId)
  return values
}

function batchStatistics(x: Tensor4D): BatchStatistics {
  const backend = wasmBackend()
  const channels = x.shape[3]
  const rows = x.size / channels
  const sums = sumsOf(backend, channels * 2, (place) =>
    assemblyKernels(backend).batchNormSums(address(backend, x), rows, channels, place),
  )
  const mean = sums.subarray(0, channels).map((sum) => sum / rows)
  const variance = sums
    .subarray(channels)
    .map((sum, channel) => Math.max(0, sum / rows - mean[channel]! ** 2))
  return { mean, variance }
}

/** What running statistics fold to: y = scale · x + offset per channel, before the ReLU. */
export function foldedAffine(
  mean: number,
  variance: number,
  gain: number,
  shift: number,
): { scale: number; offset: number } {
  const scale = gain / Math.sqrt(variance + epsilon)
  return { scale, offset: shift - mean * scale }
}

function runForward(
  x: Tensor4D,
  gain: Float32Array,
  shift: Float32Array,
  floor: number,
  { mean, variance }: BatchStatistics,
): Tensor4D {
  const backend = wasmBackend()
  const channels = shift.length
  const [result, factors] = allocate(backend, [x.shape, [2 * channels]]) as [TensorInfo, TensorInfo]
  const values = view(backend, factors)
  for (let channel = 0; channel < channels; channel++) {
    const { scale, offset } = foldedAffine(
      mean[channel]!,
      variance[channel]!,
      gain[channel]!,
      shift[channel]!,
    )
    values[channel] = scale
    values[channels + channel] = offset
  }
  const scale = address(backend, factors)
  assemblyKernels(backend).affine(
    address(backend, x),
    x.size / channels,
    channels,
    scale,
    scale + channels * 4,
    address(backend, result),
    floor,
  )
  backend.disposeData(factors.dataId)
  return engine().makeTensorFromTensorInfo(result) as Tensor4D
}

interface Gradients {
  dx: Tensor4D
  dgain: Float32Array
  dshift: Float32Array
}

/**
 * With x̂ = (x − μ)/σ and g the gradient behind the ReLU: dx = γ/σ · (g − mean(g) − x̂ · mean(g·x̂)), Ioffe &
 * Szegedy 2015.
 */
function runBackward(
  dy: Tensor4D,
  x: Tensor4D,
  y: Tensor4D,
  gain: Float32Array,
  floor: number,
  { mean, variance }: BatchStatistics,
): Gradients {
  const backend = wasmBackend()
  const kernels = assemblyKernels(backend)
  const channels = gain.length
  const rows = x.size / channels
  const [result, factors] = allocate(backend, [x.shape, [3 * channels]]) as [TensorInfo, TensorInfo]
  const [dyAt, xAt, yAt] = [address(backend, dy), address(backend, x), address(backend, y)]
  const sums = sumsOf(backend, channels * 2, (place) =>
    kernels.batchNormGradientSums(dyAt, xAt, yAt, rows, channels, place, floor),
  )
  const dgain = new Float32Array(channels)
  const dshift = new Float32Array(channels)
  // dx = a·g + b·x + c per channel: the formula above, with its constants gathered.
  const values = view(backend, factors)
  for (let channel = 0; channel < channels; channel++) {
    const inverse = 1 / Math.sqrt(variance[channel]! + epsilon)
    const normalised = (sums[channels + channel]! - mean[channel]! * sums[channel]!) * inverse
    dshift[channel] = sums[channel]!
    dgain[channel] = normalised
    const a = gain[channel]! * inverse
    const b = (-a * inverse * normalised) / rows
    values[channel] = a
    values[channels + channel] = b
    values[2 * channels + channel] = (-a * sums[channel]!) / rows - b * mean[channel]!
  }
  kernels.batchNormGradient(
    dyAt,
    xAt,
    yAt,
    rows,
    channels,
    address(backend, factors),
    address(backend, result),
    floor,
  )
  backend.disposeData(factors.dataId)
  return { dx: engine().makeTensorFromTensorInfo(result) as Tensor4D, dgain, dshift }
}

/** What comes behind the norm. */
export type Activation = 'linear' | 'relu'

/**
 * Batch normalisation and, where asked, a ReLU in one pass over the WASM heap, with one custom gradient;
 * channels last. Statistics are those of this batch; `onStatistics` receives them for the running averages
 * that the export folds away.
 *
 * @param x [batch, height, width, channels]
 * @param gain [channels], positive: only then does folding commute with a max-pool behind it
 * @param shift [channels]
 */
export function batchNorm(
  x: Tensor4D,
  gain: Tensor1D,
  shift: Tensor1D,
  activation: Activation,
  onStatistics: (statistics: BatchStatistics) => void,
): Tensor4D {
  const floor = activation === 'relu' ? 0 : -Infinity
  const operation = customGrad((...inputs) => {
    const [input, gainTensor, shiftTensor, save] = inputs as unknown as [
      Tensor4D,
      Tensor1D,
      Tensor1D,
      GradSaveFunc,
    ]
    const gainValues = gainTensor.dataSync<'float32'>().slice()
    const statistics = batchStatistics(input)
    onStatistics(statistics)
    const value = runForward(input, gainValues, shiftTensor.dataSync<'float32'>().slice(), floor, statistics)
    // Without a ReLU every gradient passes: what is asked of the output then holds of the input too.
    save(activation === 'relu' ? [input, value] : [input])
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
      const [savedInput, savedOutput = savedInput] = saved as [Tensor4D, Tensor4D?]
      const { dx, dgain, dshift } = runBackward(
        dy as Tensor4D,
        savedInput,
        savedOutput,
        gainValues,
        floor,
        statistics,
      )
      return [
        dx,
        engine().makeTensor(dgain, [dgain.length], 'float32'),
        engine().makeTensor(dshift, [dshift.length], 'float32'),
      ]
    }
    return { value, gradFunc }
  })
  return operation(x, gain, shift)
}
