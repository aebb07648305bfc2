import { engine, type Tensor4D, type TensorInfo } from '@tensorflow/tfjs-core'
import { blankSquare, mixImages, writeAugmented, type Look } from '../data/augment.ts'
import { allocate, view, wasmBackend } from '../kernels/heap.ts'
import type { Batch } from './batches.ts'
import type { SharedImages } from './job.ts'

type Range = readonly [from: number, to: number]

/** How the image at a position of a batch is shown. */
function lookAt({ shifts, mirrored, turns, colours }: Batch, position: number): Look {
  return {
    x: shifts[position * 2]!,
    y: shifts[position * 2 + 1]!,
    isMirrored: mirrored[position] === 1,
    turn: turns?.[position] ?? 0,
    colour:
      colours === undefined
        ? undefined
        : {
            brightness: colours[position * 3]!,
            contrast: colours[position * 3 + 1]!,
            saturation: colours[position * 3 + 2]!,
          },
  }
}

/**
 * Images of a batch as network input, [members + outsiders, size, size, 3], for positions [from, to) of each
 * list; written straight to the WASM heap.
 */
export function assembleBatch(
  { input, pixels, labels, strangers = pixels }: SharedImages,
  batch: Batch,
  members: Range,
  outsiders: Range,
): Tensor4D {
  const exampleSize = input.width * input.height * 3
  const count = members[1] - members[0] + outsiders[1] - outsiders[0]
  const backend = wasmBackend()
  const [x] = allocate(backend, [[count, input.height, input.width, 3]]) as [TensorInfo]
  const values = view(backend, x)
  const other = new Float32Array(batch.mix === undefined ? 0 : exampleSize)
  let row = 0
  const write = (image: number, position: number): void => {
    const start = row++ * exampleSize
    const isStranger = image >= labels.length
    writeAugmented(
      isStranger ? strangers : pixels,
      isStranger ? image - labels.length : image,
      input,
      lookAt(batch, position),
      values,
      start,
    )
    if (batch.mix !== undefined && position < batch.members.length) {
      const at = batch.mix.others[position]!
      writeAugmented(pixels, batch.members[at]!, input, lookAt(batch, at), other, 0)
      mixImages(values, start, other, { share: batch.mix.shares[position]! })
    }
    if (batch.cutouts !== undefined) {
      const { side, corners } = batch.cutouts
      blankSquare(values, start, input, {
        left: corners[position * 2]!,
        top: corners[position * 2 + 1]!,
        side,
      })
    }
  }
  for (let index = members[0]; index < members[1]; index++) write(batch.members[index]!, index)
  for (let index = outsiders[0]; index < outsiders[1]; index++)
    write(batch.outsiders[index]!, batch.members.length + index)
  return engine().makeTensorFromTensorInfo(x) as Tensor4D
}
