import sharp from 'sharp'
import { fullInputOf } from '../../../core/bundle/manifest-networks.ts'
import { argMax } from '../../../core/gate/entropy.ts'
import { createRandom } from '../../../core/random.ts'
import { startRuntime } from '../../../onnx/runtime.ts'
import { allocateSplit, selectImages, splitCount, type Split } from '../../data/dataset.ts'
import { isFullGraph } from '../../full/full-graph.ts'
import { fullPixels } from '../../full/full-pixels.ts'
import { openClassifier } from '../../full/run-classifier.ts'
import { predictImages } from '../../models/predict.ts'
import { logitsOf, type Predictions } from '../../models/predictions.ts'
import type { OpenBundle } from '../../run/open-bundle.ts'

/** How pictures are encoded, on the browsers' scale from 0 to 1. */
export interface PictureEncoding {
  readonly format: 'webp' | 'jpeg'
  readonly quality: number
}

/**
 * As Chromium writes them: a quality of 1 is lossless WebP, and JPEG with all colours; below it half of
 * them.
 */
export const encodings: readonly PictureEncoding[] = [
  { format: 'webp', quality: 0.9 },
  { format: 'webp', quality: 0.95 },
  { format: 'webp', quality: 1 },
  { format: 'jpeg', quality: 0.9 },
  { format: 'jpeg', quality: 0.95 },
  { format: 'jpeg', quality: 1 },
]

export interface MeasuredEncoding extends PictureEncoding {
  readonly accuracy: number
  /** Accuracy of bare pixels less that of encoded ones. */
  readonly loss: number
  /** Standard error of `loss`: images on which one of the two is right. */
  readonly error: number
  readonly meanBytes: number
}

export interface MeasuredPictures {
  readonly images: number
  /** Side of the pictures that the full model reads. */
  readonly size: number
  readonly bareAccuracy: number
  readonly bareBytes: number
  readonly encodings: readonly MeasuredEncoding[]
}

async function recode(
  rgb: Uint8Array,
  size: number,
  { format, quality }: PictureEncoding,
): Promise<{ rgb: Uint8Array; bytes: number }> {
  const encoded = await sharp(rgb, { raw: { width: size, height: size, channels: 3 } })
    .toFormat(format, {
      quality: Math.round(quality * 100),
      ...(quality < 1 ? {} : format === 'webp' ? { lossless: true } : { chromaSubsampling: '4:4:4' }),
    })
    .toBuffer()
  return { rgb: await sharp(encoded).removeAlpha().raw().toBuffer(), bytes: encoded.byteLength }
}

/** What the full model says of pictures of its own size. */
async function ask({ manifest, networks }: OpenBundle, split: Split): Promise<Predictions> {
  const input = fullInputOf(manifest)
  if (!isFullGraph(networks.full)) return predictImages(networks.full, split, input)
  const { blob, spec } = networks.full
  const classifier = await openClassifier(await startRuntime(), blob, spec.isBatched, 'the full model')
  const read = (image: number): Promise<Uint8Array> => fullPixels(split, input.width, image, input.width)
  return classifier.predict(splitCount(split), read, input).finally(() => classifier.close())
}

/**
 * Accuracy of a bundle's full model as bare pixels, and as they come out of an encoder. By it the encoding
 * is chosen, so that it looks at validation images.
 *
 * @param most images that are looked at
 */
export async function measurePictures(opened: OpenBundle, most: number): Promise<MeasuredPictures> {
  const { dataset, progress } = opened.context
  const size = fullInputOf(opened.manifest).width
  const all = Array.from({ length: splitCount(dataset.validation) }, (_, image) => image)
  const chosen = createRandom('pictures').shuffle(all).slice(0, most)
  const some = selectImages(dataset.validation, chosen, dataset.size)
  const { labels } = some
  const count = splitCount(some)
  const pixels = await Promise.all(chosen.map((_, image) => fullPixels(some, dataset.size, image, size)))
  const splitOf = (each: readonly Uint8Array[]): Split => {
    const split = allocateSplit(count, size)
    for (const [image, rgb] of each.entries()) split.pixels.set(rgb, image * size * size * 3)
    return split
  }
  const rightOf = async (each: readonly Uint8Array[]): Promise<boolean[]> => {
    const predictions = await ask(opened, splitOf(each))
    return Array.from(labels, (label, image) => argMax(logitsOf(predictions, image)) === label)
  }
  const shareOf = (right: readonly boolean[]): number => right.filter(Boolean).length / count
  progress.start()
  const bare = await rightOf(pixels)
  const measured: MeasuredEncoding[] = []
  for (const encoding of encodings) {
    const recoded = await Promise.all(pixels.map((rgb) => recode(rgb, size, encoding)))
    const right = await rightOf(recoded.map(({ rgb }) => rgb))
    const changed = right.filter((isRight, image) => isRight !== bare[image]).length
    measured.push({
      ...encoding,
      accuracy: shareOf(right),
      loss: shareOf(bare) - shareOf(right),
      error: Math.sqrt(changed) / count,
      meanBytes: recoded.reduce((sum, { bytes }) => sum + bytes, 0) / count,
    })
    progress.count('encodings', measured.length, encodings.length)
  }
  return { images: count, size, bareAccuracy: shareOf(bare), bareBytes: size * size * 3, encodings: measured }
}
