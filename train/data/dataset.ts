import type { ModelInput } from '../../core/bundle/model-input.ts'
import type { DatasetKind } from '../../core/bundle/manifest.ts'
import type { Place } from '../../core/streams/place.ts'

/** Images of one split, in shared memory, so that training threads read them in place. */
export interface Split {
  /** [count, height, width, 3] */
  readonly pixels: Uint8Array<SharedArrayBuffer>
  /** Class of each image. */
  readonly labels: Int32Array<SharedArrayBuffer>
  /**
   * An image again, as a square of another size, [size, size, 3]: from its file, or drawn anew. Left out
   * where there is nothing but the pixels.
   */
  readonly readAt?: ((image: number, size: number) => Promise<Uint8Array>) | undefined
  /** SHA-256 of the file of each image, where it is from one. */
  readonly digests?: readonly string[] | undefined
}

export interface Dataset {
  readonly kind: DatasetKind
  readonly description: string
  readonly classNames: readonly string[]
  /**
   * SHA-256 of what the images are, by split and class: data that is called the same need not be the same.
   */
  readonly digest: string
  readonly size: number
  /**
   * What is seen together, where that is known: from how the data was recorded, from a `scenes.json`, or
   * written down before any training. Left out where nobody knows; nothing is invented.
   */
  readonly places?: readonly Place[] | undefined
  readonly train: Split
  /** Held out of the training images: for every choice. */
  readonly validation: Split
  /** For reporting only. */
  readonly test: Split
  /**
   * Of data that was recorded: the sessions of a split frame by frame, so many frames of each, one session
   * after the other.
   *
   * @param sessions of each class; as many as the images of the split are of by default
   */
  readonly recordings?: (split: 'validation' | 'test', framesPerSession: number, sessions?: number) => Split
  /**
   * Pictures of what is like the classes and none of them, such as people whom nobody has named; other ones
   * in each split. Their labels mean nothing.
   */
  readonly unknown?: (split: 'training' | 'validation' | 'test') => Split
}

export const splitCount = (split: Split): number => split.labels.length

/** An empty split of `count` square RGB images, to be filled. */
export function allocateSplit(count: number, size: number): Split {
  return {
    pixels: new Uint8Array(new SharedArrayBuffer(count * size * size * 3)),
    labels: new Int32Array(new SharedArrayBuffer(count * 4)),
  }
}

/** Copies the images at `indices` into a split of their own. */
export function selectImages(split: Split, indices: ArrayLike<number>, size: number): Split {
  const bytes = size * size * 3
  const { readAt } = split
  const result: Split = {
    ...allocateSplit(indices.length, size),
    ...(readAt === undefined ? {} : { readAt: (image, at) => readAt(indices[image]!, at) }),
  }
  for (let position = 0; position < indices.length; position++) {
    const index = indices[position]!
    result.pixels.set(split.pixels.subarray(index * bytes, (index + 1) * bytes), position * bytes)
    result.labels[position] = split.labels[index]!
  }
  return result
}

/** Positions of the images of each class. */
export function imagesByClass(split: Split, classes: number): number[][] {
  const result: number[][] = Array.from({ length: classes }, () => [])
  for (const [index, label] of split.labels.entries()) result[label]!.push(index)
  return result
}

/** Mean and deviation of each channel over the training images, on the 0–1 scale. */
export function measureInput(train: Split, size: number): ModelInput {
  const sum = [0, 0, 0]
  const squares = [0, 0, 0]
  for (let index = 0; index < train.pixels.length; index++) {
    const value = train.pixels[index]! / 255
    sum[index % 3]! += value
    squares[index % 3]! += value * value
  }
  const pixels = train.pixels.length / 3
  const mean = sum.map((total) => total / pixels) as [number, number, number]
  // Rounding may leave a channel that is the same everywhere a variance below 0.
  const std = squares.map((total, channel) =>
    Math.sqrt(Math.max(0.01 ** 2, total / pixels - mean[channel]! ** 2)),
  ) as [number, number, number]
  return { width: size, height: size, channels: 3, mean, std }
}
