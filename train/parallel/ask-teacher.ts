import * as tf from '@tensorflow/tfjs-core'
import { forward, type NetworkWeights } from '../../core/network/forward.ts'
import { writeAugmented } from '../data/augment.ts'
import type { SharedImages, Teacher } from './job.ts'

/** The full model as a teacher that has not been asked yet. */
export function createTeacher(
  { spec, weights }: Pick<Teacher, 'spec' | 'weights'>,
  images: number,
  classes: number,
): Teacher {
  return {
    spec,
    weights,
    logits: new Float32Array(new SharedArrayBuffer(2 * images * classes * 4)),
    isKnown: new Uint8Array(new SharedArrayBuffer(2 * images)),
  }
}

/** An image the way it is shown: which one, and whether mirrored. */
export interface Shown {
  readonly image: number
  readonly isMirrored: boolean
}

/**
 * The teacher's logits of images, [count, classes]; it runs only on those that it has not been asked about
 * before.
 *
 * @param weights of the teacher, on this thread's backend
 */
export function askTeacher(
  { spec, logits, isKnown }: Teacher,
  weights: NetworkWeights,
  images: SharedImages,
  shown: readonly Shown[],
): tf.Tensor2D {
  const { input, pixels } = images
  const count = isKnown.length / 2
  const classes = logits.length / isKnown.length
  const rowOf = ({ image, isMirrored }: Shown): number => image + (isMirrored ? count : 0)
  const unknown = shown.filter((one) => isKnown[rowOf(one)] === 0)
  if (unknown.length > 0) {
    if (spec === undefined)
      throw new RangeError('A teacher that cannot be run is asked what it has not said.')
    const exampleSize = input.width * input.height * 3
    const values = new Float32Array(unknown.length * exampleSize)
    for (const [row, { image, isMirrored }] of unknown.entries())
      writeAugmented(pixels, image, input, { x: 0, y: 0, isMirrored }, values, row * exampleSize)
    const answers = tf.tidy(() =>
      forward(spec, weights, tf.tensor4d(values, [unknown.length, input.height, input.width, 3]))
        .logits.dataSync<'float32'>()
        .slice(),
    )
    for (const [row, one] of unknown.entries()) {
      logits.set(answers.subarray(row * classes, (row + 1) * classes), rowOf(one) * classes)
      isKnown[rowOf(one)] = 1
    }
  }
  const rows = new Float32Array(shown.length * classes)
  for (const [row, one] of shown.entries())
    rows.set(logits.subarray(rowOf(one) * classes, (rowOf(one) + 1) * classes), row * classes)
  return tf.tensor2d(rows, [shown.length, classes])
}
