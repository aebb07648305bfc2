import * as tf from '@tensorflow/tfjs-core'
import { createRandom } from '../../core/random.ts'
import { defaults } from '../../train/config/defaults.ts'
import {
  convSteps,
  headScale,
  initialise,
  parameterLayout,
  trainingForward,
  whiteningChannels,
  type PlainArchitecture,
} from '../../train/models/architecture.ts'
import { partitionLoss } from '../../train/objective/partition-loss.ts'
import { rateOf } from '../../train/parallel/optimizer.ts'

type Forward = (
  architecture: PlainArchitecture,
  weights: ReadonlyMap<string, tf.Tensor>,
  x: tf.Tensor4D,
) => tf.Tensor2D

/** The network as training runs it, with the kernels of `train/kernels`. */
export const ourForward: Forward = (architecture, weights, x) =>
  trainingForward(architecture, weights, x, () => undefined).logits

/** The same network from stock operations alone: what any backend runs. */
export const stockForward: Forward = (architecture, weights, x) => {
  const weight = <R extends tf.Rank>(name: string): tf.Tensor<R> => weights.get(name) as tf.Tensor<R>
  let hidden: tf.Tensor4D = tf.relu(
    tf.add(tf.conv2d(x, weight<tf.Rank.R4>('whiten/kernel'), 1, 'valid'), weight('whiten/bias')),
  )
  for (const { name, isPooled } of convSteps(architecture)) {
    hidden = tf.conv2d(hidden, weight<tf.Rank.R4>(`${name}/kernel`), 1, 'same')
    if (isPooled) hidden = tf.maxPool(hidden, 2, 2, 'valid')
    const { mean, variance } = tf.moments(hidden, [0, 1, 2])
    hidden = tf.relu(
      tf.add(
        tf.mul(tf.div(tf.sub(hidden, mean), tf.sqrt(tf.add(variance, 1e-6))), weight(`${name}/gain`)),
        weight(`${name}/shift`),
      ),
    )
  }
  const [batch, height, width, channels] = hidden.shape
  const features = tf.reshape(tf.maxPool(hidden, [height, width], 1, 'valid'), [batch, channels])
  return tf.add(
    tf.mul(tf.matMul(features, weight<tf.Rank.R2>('head/kernel')), headScale(architecture)),
    weight('head/bias'),
  )
}

/**
 * A training step up to its gradients, on the backend that is set: forward, loss, backward, gradients read
 * back. What is not trained by default (the first layer, the gains) is not differentiated, as in training
 * itself.
 *
 * @returns a function that runs one step and returns the loss and the gradients, in the order of the
 * parameters
 */
export function prepareStep(
  architecture: PlainArchitecture,
  batch: number,
  forward: Forward,
): () => { loss: number; gradients: Float32Array[] } {
  const random = createRandom(1)
  const noise = (length: number, scale: number): Float32Array =>
    Float32Array.from({ length }, () => random.normal() * scale)
  const vector = initialise(architecture, noise(12 * whiteningChannels, 0.3), random)
  const { parameters } = parameterLayout(architecture)
  const used = parameters.filter(({ role }) => role !== 'running')
  const trained = used.filter(({ role }) => rateOf(role, defaults.full.optimizer) > 0)
  const weights = new Map(
    used.map(({ name, shape, offset, size }) => [
      name,
      tf.tensor(vector.slice(offset, offset + size), [...shape]),
    ]),
  )
  const x = tf.tensor4d(noise(batch * architecture.size ** 2 * 3, 1), [
    batch,
    architecture.size,
    architecture.size,
    3,
  ])
  const labels = tf.tensor1d(
    Int32Array.from({ length: batch }, () => random.integer(architecture.classes)),
    'int32',
  )
  return () => {
    // Not what the tidy returns: it would look for tensors in every number.
    let result = { loss: NaN, gradients: [] as Float32Array[] }
    tf.tidy(() => {
      const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
        const byName = new Map([
          ...weights,
          ...trained.map(({ name }, index) => [name, tensors[index]!] as const),
        ])
        const logits = forward(architecture, byName, x)
        return partitionLoss(
          { logits, labels, outsiders: 0, teacherLogits: undefined, batchSize: batch },
          defaults.full.loss,
        )
      })(trained.map(({ name }) => weights.get(name)!))
      result = {
        loss: value.dataSync<'float32'>()[0]!,
        gradients: grads.map((gradient) => gradient.dataSync<'float32'>()),
      }
    })
    return result
  }
}
