import * as tf from '@tensorflow/tfjs-core'
import type { Random } from '../../core/random.ts'
import { batchNorm, type BatchStatistics } from '../kernels/batch-norm.ts'
import { frozenConvRelu } from '../kernels/frozen-conv-relu.ts'
import { maxPool2x2 } from '../kernels/max-pool-2x2.ts'
import { whiteningChannels, whiteningShape } from './first-layer.ts'
import { separableBlocks, whiteningStride, type SeparableArchitecture } from './separable.ts'
import { separableForward } from './separable-forward.ts'

export { whiteningChannels }

/**
 * The plain family (after airbench, Jordan 2024): a fixed 2x2 whitening convolution into 24 channels, three
 * stages of conv 3x3 → max-pool 2 → norm → ReLU → conv 3x3 →
 * norm → ReLU, a global max-pool and a linear head.
 */
export interface PlainArchitecture {
  readonly family?: 'plain' | undefined
  /** Side of the square RGB input, in pixels. */
  readonly size: number
  /** Channels of the three stages. */
  readonly widths: readonly [number, number, number]
  readonly classes: number
}

/** One of the two families that full model, generalist and partitions come from. */
export type Architecture = PlainArchitecture | SeparableArchitecture

export const isSeparable = (architecture: Architecture): architecture is SeparableArchitecture =>
  architecture.family === 'separable'

/**
 * How a parameter is updated: `fixed` never; `running` follows the batches' statistics; the others by
 * gradient, with shifts at a raised rate.
 */
export type ParameterRole = 'fixed' | 'kernel' | 'gain' | 'shift' | 'head' | 'running'

export interface Parameter {
  readonly name: string
  readonly shape: readonly number[]
  readonly role: ParameterRole
  readonly offset: number
  readonly size: number
}

export interface ParameterLayout {
  readonly parameters: readonly Parameter[]
  readonly size: number
}

interface ConvStep {
  readonly name: string
  readonly inputs: number
  readonly outputs: number
  readonly isPooled: boolean
}

/** The six trained convolutions of a plain network, in order. */
export function convSteps({ widths }: PlainArchitecture): ConvStep[] {
  let inputs = whiteningChannels
  return widths.flatMap((outputs, stage) => {
    const steps = [
      { name: `stage${stage + 1}-a`, inputs, outputs, isPooled: true },
      { name: `stage${stage + 1}-b`, inputs: outputs, outputs, isPooled: false },
    ]
    inputs = outputs
    return steps
  })
}

/**
 * Keeps the logits of an untrained head small; folded into the head at export. What an average pool gives is
 * small already: with 1/9 a separable network did not begin to learn within 70 steps.
 */
export const headScale = (architecture: Architecture): number => (isSeparable(architecture) ? 1 : 1 / 9)

/** A convolution that is trained, with a norm behind it that the export folds into it. */
export interface TrainedLayer {
  readonly name: string
  /** As the blob has it: [height, width, in, out], of depthwise ones [3, 3, channels]. */
  readonly kernelShape: readonly number[]
  readonly outputs: number
}

/** The trained convolutions of a network of either family, in order. */
export function trainedLayers(architecture: Architecture): TrainedLayer[] {
  if (!isSeparable(architecture))
    return convSteps(architecture).map(({ name, inputs, outputs }) => ({
      name,
      kernelShape: [3, 3, inputs, outputs],
      outputs,
    }))
  return separableBlocks(architecture).flatMap(({ steps }) =>
    steps.map(({ name, kind, inputs, outputs }) => ({
      name,
      kernelShape: kind === 'depthwise' ? [3, 3, outputs] : [1, 1, inputs, outputs],
      outputs,
    })),
  )
}

/** Every number of a network in training, in one flat vector that threads share. */
export function parameterLayout(architecture: Architecture): ParameterLayout {
  const parameters: Parameter[] = []
  let offset = 0
  const add = (name: string, shape: readonly number[], role: ParameterRole): void => {
    const size = shape.reduce((product, extent) => product * extent, 1)
    parameters.push({ name, shape, role, offset, size })
    offset += size
  }
  add('whiten/kernel', whiteningShape, 'fixed')
  add('whiten/bias', [whiteningChannels], 'fixed')
  const layers = trainedLayers(architecture)
  for (const { name, kernelShape, outputs } of layers) {
    add(`${name}/kernel`, kernelShape, 'kernel')
    add(`${name}/gain`, [outputs], 'gain')
    add(`${name}/shift`, [outputs], 'shift')
    add(`${name}/mean`, [outputs], 'running')
    add(`${name}/variance`, [outputs], 'running')
  }
  add('head/kernel', [layers.at(-1)!.outputs, architecture.classes], 'head')
  add('head/bias', [architecture.classes], 'shift')
  return { parameters, size: offset }
}

/**
 * Random orthogonal-ish noise plus the identity: each convolution starts as a copy of its input (dirac
 * initialisation).
 */
function initialiseAsCopy(values: Float32Array, inputs: number, outputs: number, random: Random): void {
  const bound = 1 / Math.sqrt(9 * inputs)
  for (let index = 0; index < values.length; index++) values[index] = (random.next() * 2 - 1) * bound
  const centre = 4 * inputs * outputs
  for (let channel = 0; channel < Math.min(inputs, outputs); channel++) {
    for (let tap = 0; tap < 9; tap++) values[tap * inputs * outputs + channel * outputs + channel] = 0
    values[centre + channel * outputs + channel] = 1
  }
}

/** Noise under which a ReLU network keeps the size of what it sees (He et al. 2015). */
function initialiseAsNoise(values: Float32Array, outputs: number, random: Random): void {
  const deviation = Math.sqrt((2 * outputs) / values.length)
  for (let index = 0; index < values.length; index++) values[index] = random.normal() * deviation
}

/** Fresh parameters. `whitening` is [2, 2, 3, 24] from `whiteningFilters`. */
export function initialise(
  architecture: Architecture,
  whitening: Float32Array,
  random: Random,
): Float32Array {
  const { parameters, size } = parameterLayout(architecture)
  const vector = new Float32Array(size)
  for (const { name, shape, role, offset, size: count } of parameters) {
    const values = vector.subarray(offset, offset + count)
    if (name === 'whiten/kernel') values.set(whitening)
    else if (role === 'kernel' && isSeparable(architecture)) initialiseAsNoise(values, shape.at(-1)!, random)
    else if (role === 'kernel') initialiseAsCopy(values, shape[2]!, shape[3]!, random)
    else if (role === 'gain' || name.endsWith('/variance')) values.fill(1)
    else if (role === 'head') {
      const deviation = 1 / Math.sqrt(shape[0]!)
      for (let index = 0; index < count; index++) values[index] = random.normal() * deviation
    }
  }
  return vector
}

export interface TrainingOutput {
  /** [batch, classes] */
  readonly logits: tf.Tensor2D
  /** [batch, channels]: what the head reads. */
  readonly features: tf.Tensor2D
}

/**
 * The network as it trains, with batch statistics in its norms; what ships is `foldNetwork` of it, run by
 * core's forward pass.
 *
 * @param weights tensors by parameter name, those of role `running` left out
 * @param x [batch, size, size, 3], preprocessed
 */
export function trainingForward(
  architecture: Architecture,
  weights: ReadonlyMap<string, tf.Tensor>,
  x: tf.Tensor4D,
  onStatistics: (layer: string, statistics: BatchStatistics) => void,
): TrainingOutput {
  const weight = (name: string): tf.Tensor => weights.get(name)!
  const whitened = frozenConvRelu(
    x,
    weight('whiten/kernel') as tf.Tensor4D,
    weight('whiten/bias') as tf.Tensor1D,
    isSeparable(architecture) ? whiteningStride(architecture) : 1,
  )
  const features = isSeparable(architecture)
    ? separableForward(architecture, weight, whitened, onStatistics)
    : plainForward(architecture, weight, whitened, onStatistics)
  const logits: tf.Tensor2D = tf.add(
    tf.mul(tf.matMul(features, weight('head/kernel') as tf.Tensor2D), headScale(architecture)),
    weight('head/bias'),
  )
  return { logits, features }
}

/** All of a plain network between the whitening convolution and the head. */
function plainForward(
  architecture: PlainArchitecture,
  weight: (name: string) => tf.Tensor,
  x: tf.Tensor4D,
  onStatistics: (layer: string, statistics: BatchStatistics) => void,
): tf.Tensor2D {
  let hidden = x
  for (const { name, isPooled } of convSteps(architecture)) {
    hidden = tf.conv2d(hidden, weight(`${name}/kernel`) as tf.Tensor4D, 1, 'same')
    if (isPooled) hidden = maxPool2x2(hidden)
    hidden = batchNorm(
      hidden,
      weight(`${name}/gain`) as tf.Tensor1D,
      weight(`${name}/shift`) as tf.Tensor1D,
      'relu',
      (statistics) => onStatistics(name, statistics),
    )
  }
  const [batch, height, width, channels] = hidden.shape
  return tf.reshape(tf.maxPool(hidden, [height, width], 1, 'valid'), [batch, channels])
}
