import * as tf from '@tensorflow/tfjs-core'
import { writeAugmented } from '../data/augment.ts'
import type { Batch } from './batches.ts'
import type { SharedImages } from './job.ts'

type Range = readonly [from: number, to: number]

/** Images of a batch as network input, [members + outsiders, size, size, 3], for positions [from, to) of each list. */
export function assembleBatch({ input, pixels }: SharedImages, batch: Batch, members: Range, outsiders: Range): tf.Tensor4D {
  const exampleSize = input.width * input.height * 3
  const count = members[1] - members[0] + outsiders[1] - outsiders[0]
  const values = new Float32Array(count * exampleSize)
  let row = 0
  const write = (image: number, position: number): void => {
    const shift = { x: batch.shifts[position * 2]!, y: batch.shifts[position * 2 + 1]!, isMirrored: batch.mirrored[position] === 1 }
    writeAugmented(pixels, image, input, shift, values, row++ * exampleSize)
  }
  for (let index = members[0]; index < members[1]; index++) write(batch.members[index]!, index)
  for (let index = outsiders[0]; index < outsiders[1]; index++) write(batch.outsiders[index]!, batch.members.length + index)
  return tf.tensor4d(values, [count, input.height, input.width, 3])
}
