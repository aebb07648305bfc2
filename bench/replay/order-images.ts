import { createRandom } from '../../core/random.ts'
import { drawFrames, sceneStream, type Place, type SceneKind } from '../../core/streams/scenes.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { LabelledImage } from './list-images.ts'

export interface OrderOptions {
  readonly order: 'scenes' | 'files'
  readonly kind: SceneKind
  /** Mean length of a scene in frames. */
  readonly length: number
  /** Length of the stream; as many as there are images when left out. */
  readonly frames?: number | undefined
  readonly seed: number
  /** What the bundle knows of places; documented or drawn ones where it knows none. */
  readonly places?: readonly Place[] | undefined
}

/**
 * The images in the order in which they are played. In scenes an image of a class comes again once all of
 * them came; in the order of files the stream ends with the last one, and starts over where it is to be
 * longer. Throws `dataset-invalid` where a class that scenes would show has no image.
 */
export function orderImages(
  images: readonly LabelledImage[],
  classNames: readonly string[],
  options: OrderOptions,
): LabelledImage[] {
  const { order, kind, length, seed, places, frames = images.length } = options
  const pick = (index: number): LabelledImage => {
    const image = images[index % images.length]
    if (image === undefined) throw new RangeError(`no image ${index}`)
    return image
  }
  if (order === 'files') return Array.from({ length: frames }, (_, index) => pick(index))

  const imagesByClass = classNames.map((_, classIndex) =>
    images.flatMap((image, index) => (image.classIndex === classIndex ? [index] : [])),
  )
  const empty = classNames.filter((_, classIndex) => imagesByClass[classIndex]?.length === 0)
  if (empty.length > 0) {
    throw new CacheNetError(
      'dataset-invalid',
      `Scenes need images of every class, and there are none of ${empty.join(', ')}. Add some, or use --order files.`,
      { empty },
    )
  }
  const stream = sceneStream({
    kind,
    classNames,
    meanLength: length,
    frames,
    seed,
    ...(kind === 'places' && places !== undefined ? { places } : {}),
  })
  return drawFrames(stream, imagesByClass, createRandom(seed).fork('images')).map(pick)
}
