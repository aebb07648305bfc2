/** EXIF orientation: 1 is upright; 2 to 8 say how the rows and columns of the file lie. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

type Read = (start: number, end: number) => Promise<DataView>

const fourLetters = (view: DataView, at: number): string =>
  String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(at + offset)))

/** Tag 0x0112 of the first directory (EXIF 2.32, 4.6.2); 1 where there is none. */
function orientationOf(exif: DataView): Orientation {
  // Some programs put in front what only JPEG needs.
  const start = fourLetters(exif, 0) === 'Exif' ? 6 : 0
  const isLittleEndian = exif.getUint16(start) === 0x4949
  const directory = start + exif.getUint32(start + 4, isLittleEndian)
  const entries = exif.getUint16(directory, isLittleEndian)
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * 12
    if (exif.getUint16(at, isLittleEndian) !== 0x0112) continue
    const value = exif.getUint16(at + 8, isLittleEndian)
    return value >= 1 && value <= 8 ? (value as Orientation) : 1
  }
  return 1
}

/** Longest EXIF data that are looked into; thumbnails lie behind the orientation. */
const mostExifBytes = 2 ** 16
const mostChunks = 10_000

/**
 * How a WebP file wants to be turned. Chromium turns JPEG, PNG and AVIF by itself, and no WebP; trainer and
 * edge turn all.
 *
 * @returns 1 for every other file, and for what cannot be read
 */
export async function webpOrientation(file: Blob): Promise<Orientation> {
  const read: Read = async (start, end) => new DataView(await file.slice(start, end).arrayBuffer())
  try {
    const head = await read(0, 21)
    // Bit 3 of the flags of the extended form (RFC 9649): there are EXIF data, in a chunk behind the image.
    const isExtended =
      fourLetters(head, 0) === 'RIFF' && fourLetters(head, 8) === 'WEBP' && fourLetters(head, 12) === 'VP8X'
    if (!isExtended || (head.getUint8(20) & 8) === 0) return 1
    let at = 12
    for (let chunk = 0; chunk < mostChunks && at + 8 <= file.size; chunk++) {
      const header = await read(at, at + 8)
      const bytes = header.getUint32(4, true)
      if (fourLetters(header, 0) === 'EXIF')
        return orientationOf(await read(at + 8, at + 8 + Math.min(bytes, mostExifBytes)))
      at += 8 + bytes + (bytes % 2)
    }
    return 1
  } catch {
    return 1
  }
}

/**
 * Column and row of the upright picture at which each of the file's axes begins and in which direction it
 * runs: a canvas' transform.
 */
const transforms: Readonly<
  Record<Orientation, (width: number, height: number) => [number, number, number, number, number, number]>
> = {
  1: () => [1, 0, 0, 1, 0, 0],
  2: (width) => [-1, 0, 0, 1, width, 0],
  3: (width, height) => [-1, 0, 0, -1, width, height],
  4: (_width, height) => [1, 0, 0, -1, 0, height],
  5: () => [0, 1, 1, 0, 0, 0],
  6: (_width, height) => [0, 1, -1, 0, height, 0],
  7: (width, height) => [0, -1, -1, 0, height, width],
  8: (width) => [0, -1, 1, 0, 0, width],
}

/** The picture upright, and the one that lay otherwise closed. */
export function turnUpright(bitmap: ImageBitmap, orientation: Orientation): ImageBitmap {
  const { width, height } = bitmap
  const canvas = orientation > 4 ? new OffscreenCanvas(height, width) : new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (context === null) return bitmap
  context.setTransform(...transforms[orientation](width, height))
  context.drawImage(bitmap, 0, 0)
  bitmap.close()
  return canvas.transferToImageBitmap()
}
