import { centreCrop } from '../../core/image/centre-crop.ts'
import type { PixelSize } from '../../core/image/pixel-size.ts'
import { rgbToRgba } from '../../core/image/preprocess.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { EncodedFrame } from '../../core/wire/sent-frame.ts'
import type { FrameImage } from '../messages/inference.ts'
import { FramePixels } from './frame-pixels.ts'

/**
 * Of the encoder, on its scale from 0 to 1: lossless, where a browser can. Below it half of the colours are
 * given up, which costs a full model of 32 pixels four points, and it may lose 0.2 (decision 35).
 */
export const pictureQuality = 1

/** The name of a chunk, or of a file's form: four letters. */
const nameAt = (file: DataView, at: number): string =>
  String.fromCharCode(...Array.from({ length: 4 }, (_, letter) => file.getUint8(at + letter)))

/** Whether a file is a WebP whose picture lost nothing: it has a chunk `VP8L` (RFC 9649, section 2). */
export function isLosslessWebp(bytes: Uint8Array): boolean {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (file.byteLength < 20 || nameAt(file, 0) !== 'RIFF' || nameAt(file, 8) !== 'WEBP') return false
  // A name and a length, then so many bytes, and one more where they are odd.
  for (let at = 12; at + 8 <= file.byteLength;) {
    if (nameAt(file, at) === 'VP8L') return true
    const length = file.getUint32(at + 4, true)
    at += 8 + length + (length % 2)
  }
  return false
}

/** The part of a frame that the edge looks at, never larger than the frame itself. */
export function pictureSize(image: PixelSize, edgeInput: PixelSize): PixelSize {
  const crop = centreCrop(image, edgeInput)
  return {
    width: Math.min(crop.width, edgeInput.width),
    height: Math.min(crop.height, edgeInput.height),
  }
}

/**
 * A frame as an edge wants it whose full model reads another size than the device's networks: the middle of
 * the frame, by the same definition of pixels as everywhere, encoded. The image stays open.
 */
export async function encodePicture(image: FrameImage, edgeInput: PixelSize): Promise<EncodedFrame> {
  const size = pictureSize(image, edgeInput)
  const rgba = rgbToRgba(new FramePixels(size, true).read(image))
  const canvas = new OffscreenCanvas(size.width, size.height)
  const context = canvas.getContext('2d', { alpha: false, colorSpace: 'srgb' })
  if (context === null)
    throw new CacheNetError(
      'engine-failed',
      'This browser gives the worker no canvas to encode pictures with.',
    )
  context.putImageData(new ImageData(rgba, size.width, size.height), 0, 0)
  // Browsers that write no WebP hand over a PNG in its place; others write it with losses.
  const webp = await bytesOf(canvas, 'image/webp')
  return isLosslessWebp(webp)
    ? { type: 'image/webp', bytes: webp }
    : { type: 'image/png', bytes: await bytesOf(canvas, 'image/png') }
}

async function bytesOf(canvas: OffscreenCanvas, type: string): Promise<Uint8Array<ArrayBuffer>> {
  const blob = await canvas.convertToBlob({ type, quality: pictureQuality })
  return new Uint8Array(await blob.arrayBuffer())
}
