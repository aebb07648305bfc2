import * as tf from '@tensorflow/tfjs-core'
import type { ModelInput } from '../../core/bundle/model-input.ts'
import type { Random } from '../../core/random.ts'
import { writeAugmented } from '../data/augment.ts'
import { epsilon } from '../kernels/batch-norm.ts'
import { frozenConvRelu } from '../kernels/frozen-conv-relu.ts'
import { maxPool2x2 } from '../kernels/max-pool-2x2.ts'
import {
  convSteps,
  initialise,
  parameterLayout,
  whiteningChannels,
  type Architecture,
  type PlainArchitecture,
} from './architecture.ts'
import type { BaseNetwork } from './base-bundle.ts'
import { unfoldNetwork } from './fold.ts'

/** Images that the norms are measured on: each has a thousand places. */
const measuredImages = 256

interface Images {
  /** [count, height, width, 3] bytes */
  readonly pixels: Uint8Array
  readonly input: ModelInput
}

type Part = (name: string) => Float32Array

function partsOf(architecture: Architecture, vector: Float32Array): Part {
  const parts = new Map(
    parameterLayout(architecture).parameters.map(({ name, offset, size }) => [
      name,
      vector.subarray(offset, offset + size),
    ]),
  )
  return (name) => parts.get(name)!
}

/**
 * Lets the first convolution read images that were normalised in another way: it has no padding, so that the
 * difference goes into its kernel and bias without a rest.
 */
function readOtherInput(part: Part, base: ModelInput, own: ModelInput): void {
  const [kernel, bias] = [part('whiten/kernel'), part('whiten/bias')]
  for (let index = 0; index < kernel.length; index++) {
    const channel = Math.floor(index / whiteningChannels) % 3
    const [mean, std] = [base.mean[channel]!, base.std[channel]!]
    bias[index % whiteningChannels]! += (kernel[index]! * (own.mean[channel]! - mean)) / std
    kernel[index]! *= own.std[channel]! / std
  }
}

/** Some images as network input, [count, height, width, 3]. */
function someImages({ pixels, input }: Images, random: Random): tf.Tensor4D {
  const exampleSize = input.width * input.height * 3
  const chosen = random.shuffle(Array.from({ length: pixels.length / exampleSize }, (_, index) => index))
  const count = Math.min(measuredImages, chosen.length)
  const values = new Float32Array(count * exampleSize)
  for (let row = 0; row < count; row++)
    writeAugmented(pixels, chosen[row]!, input, { x: 0, y: 0, isMirrored: false }, values, row * exampleSize)
  return tf.tensor4d(values, [count, input.height, input.width, 3])
}

/**
 * Gives the norms what they knew before they were folded away, measured anew on these images: with μ and σ of
 * what a convolution says, gain σ and shift b + μ leave its answers as they were. Kernels are scaled to the
 * size that fresh ones have, so that a learning rate means the same to both; the norms take that back.
 */
function unfoldNorms(architecture: PlainArchitecture, part: Part, images: Images, random: Random): void {
  tf.tidy(() => {
    const kernelOf = (name: string, inputs: number, outputs: number): tf.Tensor4D =>
      tf.tensor4d(part(`${name}/kernel`).slice(), [3, 3, inputs, outputs])
    let hidden = frozenConvRelu(
      someImages(images, random),
      tf.tensor4d(part('whiten/kernel').slice(), [2, 2, 3, whiteningChannels]),
      tf.tensor1d(part('whiten/bias').slice()),
      1,
    )
    for (const { name, inputs, outputs, isPooled } of convSteps(architecture)) {
      const convolved = tf.conv2d(hidden, kernelOf(name, inputs, outputs), 1, 'same')
      const before: tf.Tensor4D = isPooled ? maxPool2x2(convolved) : convolved
      const shift = part(`${name}/shift`)
      hidden = tf.relu(tf.add(before, tf.tensor1d(shift.slice())))
      const { mean, variance } = tf.moments(before, [0, 1, 2])
      const [means, variances] = [mean, variance].map((tensor) => tensor.dataSync<'float32'>())
      const kernel = part(`${name}/kernel`)
      for (let output = 0; output < outputs; output++) {
        let squares = 0
        for (let index = output; index < kernel.length; index += outputs) squares += kernel[index]! ** 2
        // A filter that never says anything stays as it is.
        const scale = squares === 0 ? 1 : Math.sqrt(freshSquares / squares)
        for (let index = output; index < kernel.length; index += outputs) kernel[index]! *= scale
        part(`${name}/gain`)[output] = Math.sqrt(variances![output]! + epsilon)
        shift[output]! += means![output]!
        part(`${name}/mean`)[output] = means![output]! * scale
        part(`${name}/variance`)[output] = variances![output]! * scale ** 2
      }
    }
  })
}

/** Sum of the squares of a fresh filter: 1 of the copy, a third of the noise's bound (`initialise`). */
const freshSquares = 4 / 3

/**
 * Parameters to train from that are those of a base's network, but for the head, which is new. Before the
 * first step they answer as the base does.
 *
 * @param images that the network will be trained on
 */
export function startFromBase(
  architecture: PlainArchitecture,
  { network, architecture: sizes }: BaseNetwork,
  baseInput: ModelInput,
  images: Images,
  random: Random,
): Float32Array {
  const trunk = partsOf(sizes, unfoldNetwork(sizes, network.weights))
  const vector = initialise(architecture, trunk('whiten/kernel'), random)
  const part = partsOf(architecture, vector)
  for (const { name } of parameterLayout(architecture).parameters)
    if (!name.startsWith('head/')) part(name).set(trunk(name))
  readOtherInput(part, baseInput, images.input)
  unfoldNorms(architecture, part, images, random.fork('norms'))
  return vector
}

/**
 * The same for a network that goes on with its own task, on images that are normalised as they were: its head
 * is kept, and its norms are measured anew.
 */
export function continueNetwork(
  architecture: PlainArchitecture,
  network: BaseNetwork['network'],
  images: Images,
  random: Random,
): Float32Array {
  const vector = startFromBase(architecture, { network, architecture }, images.input, images, random)
  const shipped = unfoldNetwork(architecture, network.weights)
  for (const { name, offset, size } of parameterLayout(architecture).parameters)
    if (name.startsWith('head/')) vector.set(shipped.subarray(offset, offset + size), offset)
  return vector
}
