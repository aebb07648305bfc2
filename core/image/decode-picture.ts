import { areaAverage } from './area-average.ts'
import { centreCrop, type Crop } from './centre-crop.ts'
import type { PixelSize } from './pixel-size.ts'

/**
 * Counts up whenever the same file may give other pixels than before. What was worked out from pixels
 * (decoded images that are kept, a run that goes on) belongs to one of them.
 */
export const pixelDefinition = 2

/** What is transparent lies on this colour: a canvas puts it there too when it writes a JPEG. */
export const backgroundColour = '#000'

interface Header {
  readonly autoOrient: PixelSize
  readonly space?: string | undefined
  readonly depth?: string | undefined
  readonly hasProfile?: boolean | undefined
}

/** The part of sharp's pipeline that is used here; core itself imports no decoder. */
export interface DecodingPipeline {
  metadata(): Promise<Header>
  autoOrient(): DecodingPipeline
  extract(region: Crop): DecodingPipeline
  resize(width: number, height: number, options: { fit: 'fill'; kernel: 'linear' }): DecodingPipeline
  flatten(options: { background: string }): DecodingPipeline
  pipelineColourspace(space: 'cmyk'): DecodingPipeline
  toColourspace(space: 'srgb' | 'cmyk'): DecodingPipeline
  withIccProfile(profile: 'srgb'): DecodingPipeline
  raw(): DecodingPipeline
  toBuffer(options: {
    resolveWithObject: true
  }): Promise<{ data: Uint8Array; info: PixelSize & { readonly channels: number } }>
}

/** Inks without a profile, as browsers take them: what an ink and black let through. */
function inksToRgb(cmyk: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((cmyk.length / 4) * 3)
  for (let from = 0, to = 0; from < cmyk.length; from += 4, to += 3) {
    const light = (255 - (cmyk[from + 3] ?? 0)) / 255
    for (let ink = 0; ink < 3; ink++) rgb[to + ink] = Math.round((255 - (cmyk[from + ink] ?? 0)) * light)
  }
  return rgb
}

/**
 * The size of at most `mostPixels` that a crop is brought to before its areas are averaged; the crop's own
 * where it is small enough.
 */
function readSize(crop: PixelSize, target: PixelSize, mostPixels: number): PixelSize {
  const scale = Math.sqrt(mostPixels / (crop.width * crop.height))
  if (scale >= 1) return { width: crop.width, height: crop.height }
  const side = (of: number, least: number): number => Math.min(of, Math.max(least, Math.round(of * scale)))
  return { width: side(crop.width, target.width), height: side(crop.height, target.height) }
}

/**
 * The pixels of a picture's file, as trainer, edge and page read it: its first frame, upright as its EXIF
 * data say, in sRGB of 8 bits as its profile says, transparency on black, the middle with the model's aspect,
 * areas averaged to the model's size. A picture that has that size already keeps its pixels.
 *
 * @param open the file in sharp, anew each time
 * @param mostPixels that are read at once; a larger middle is brought down to about so many first, which
 *   moves the result by
 *   less than 1 of 255 on average
 * @returns RGB, row by row. Rejects with what the decoder says where the file cannot be read to its end.
 */
export async function decodePicture(
  open: () => DecodingPipeline,
  target: PixelSize,
  mostPixels: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const { autoOrient: upright, space, depth, hasProfile = false } = await open().metadata()
  const crop = centreCrop(upright, target)
  const read = readSize(crop, target, mostPixels)
  const isCmyk = space === 'cmyk'
  const isBareCmyk = isCmyk && !hasProfile
  const middle = open().autoOrient().extract(crop)
  const scaled =
    read.width === crop.width && read.height === crop.height
      ? middle
      : middle.resize(read.width, read.height, { fit: 'fill', kernel: 'linear' })
  // Inks with a profile stay inks to the end: on its usual way sharp shifts the blacks, and browsers do not.
  const coloured = isCmyk
    ? scaled.pipelineColourspace('cmyk').toColourspace(isBareCmyk ? 'cmyk' : 'srgb')
    : scaled.flatten({ background: backgroundColour }).toColourspace('srgb')
  // sharp works on 16 bits in Display P3, and comes back from there only where it is to write a profile.
  const exact = depth === 'ushort' && hasProfile ? coloured.withIccProfile('srgb') : coloured
  const { data, info } = await exact.raw().toBuffer({ resolveWithObject: true })
  if (info.channels !== (isBareCmyk ? 4 : 3)) throw new Error(`it has ${info.channels} channels`)
  return areaAverage(isBareCmyk ? inksToRgb(data) : data, 3, info, target)
}
