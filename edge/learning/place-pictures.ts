import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import type { ModelInput } from '../../core/bundle/model-input.ts'
import { decodeKeptFrame } from '../../core/places/kept-frame.ts'
import { mostPlacePictures, type PlacePicture } from '../../core/wire/place-pictures.ts'

/** A few of many, from the first to the last, as far apart as may be. */
export function spreadOver<Item>(items: readonly Item[], most: number = mostPlacePictures): Item[] {
  if (items.length <= most) return [...items]
  const step = (items.length - 1) / (most - 1)
  return Array.from({ length: most }, (_, at) => items[Math.round(at * step)]).filter(
    (item) => item !== undefined,
  )
}

async function readPicture(
  path: string,
  { width, height }: Pick<ModelInput, 'width' | 'height'>,
): Promise<PlacePicture | undefined> {
  try {
    const { atMs, pixels } = decodeKeptFrame(await readFile(path))
    const png = await sharp(pixels, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer()
    return { at: new Date(atMs).toISOString(), png: png.toString('base64') }
  } catch {
    // Dropped meanwhile, damaged, or of another size: the others are shown.
    return undefined
  }
}

/**
 * Kept frames as pictures, in their order; without those that cannot be read.
 *
 * @param paths of kept frames, at most `mostPlacePictures`
 * @param input what the small networks of their bundle read
 */
export async function readPictures(
  paths: readonly string[],
  input: Pick<ModelInput, 'width' | 'height'>,
): Promise<PlacePicture[]> {
  const pictures: PlacePicture[] = []
  // One after the other: frames that wait for an answer go first.
  for (const path of paths.slice(0, mostPlacePictures)) {
    const picture = await readPicture(path, input)
    if (picture !== undefined) pictures.push(picture)
  }
  return pictures
}
