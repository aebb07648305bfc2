import sharp, { type Sharp } from 'sharp'
import type { ModelInput } from '../../core/bundle/model-input.ts'
import { decodePicture } from '../../core/image/decode-picture.ts'
import { heicAdvice, kindOfBytes, kindOfType } from '../../core/image/file-kind.ts'
import { frameBytes } from '../../core/image/preprocess.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { imageFrameTypes, rawFrameType } from '../../core/wire/frames.ts'
import { defaultFrameLimits } from '../settings/frame-limits.ts'
import { createDecodeRoom, type DecodeRoom } from './decode-room.ts'

const decodeSeconds = 5
/** Bounds what a frame takes: 3 MB of pixels, and a few milliseconds of this thread to average them. */
const mostPixelsRead = 2 ** 20

// libvips reads dozens of formats, SVG and PDF among them; a door that is not needed stays shut.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'] })
// Frames are small: one core an image, many images side by side.
sharp.concurrency(1)
// No image comes twice.
sharp.cache(false)

const sharedRoom = createDecodeRoom({ mostPixels: defaultFrameLimits.maxPixels })

const startsWith = (bytes: Uint8Array, offset: number, signature: readonly number[]): boolean =>
  signature.every((value, index) => bytes[offset + index] === value)

/** What the first bytes say, whatever the sender called it: JPEG's SOI, PNG's signature, RIFF….WEBP. */
function isAcceptedImage(bytes: Uint8Array): boolean {
  return (
    startsWith(bytes, 0, [0xff, 0xd8, 0xff]) ||
    startsWith(bytes, 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) ||
    (startsWith(bytes, 0, [0x52, 0x49, 0x46, 0x46]) && startsWith(bytes, 8, [0x57, 0x45, 0x42, 0x50]))
  )
}

function notAnImage(body: Uint8Array): string {
  const isHeic = kindOfBytes(body) === 'heic'
  return isHeic
    ? `The body is an image in HEIC. ${heicAdvice}`
    : 'The body is none of JPEG, PNG and WebP, whatever its content type says.'
}

function damaged(cause: unknown): CacheNetError {
  const message =
    'The image starts well and cannot be read to its end. Nothing was stored; send the frame again.'
  return new CacheNetError('frame-damaged', message, {}, { cause })
}

/** Returns how many there are. */
async function requireFewPixels(body: Uint8Array, maxPixels: number): Promise<number> {
  // Reads the header only, so that the check costs nothing however large the image claims to be.
  const { width, height } = await sharp(body, { limitInputPixels: false })
    .metadata()
    .catch((cause: unknown) => {
      throw damaged(cause)
    })
  if (width * height > maxPixels) {
    throw new CacheNetError(
      'frame-too-large',
      `The image has ${width}x${height} pixels; scale it down before sending it.`,
      { width, height, maxPixels },
    )
  }
  return width * height
}

async function decodeImage(
  body: Uint8Array,
  input: ModelInput,
  maxPixels: number,
  room: DecodeRoom,
): Promise<Uint8Array> {
  if (!isAcceptedImage(body)) {
    throw new CacheNetError('frame-not-an-image', notAnImage(body), { accepted: imageFrameTypes })
  }
  const pixels = await requireFewPixels(body, maxPixels)
  const open = (): Sharp =>
    sharp(body, { limitInputPixels: maxPixels, failOn: 'error' }).timeout({ seconds: decodeSeconds })
  const decode = (): Promise<Uint8Array> =>
    decodePicture(open, input, mostPixelsRead).catch((cause: unknown) => {
      throw damaged(cause)
    })
  return room.run(pixels, decode)
}

function readRaw(body: Uint8Array, input: ModelInput): Uint8Array {
  const expectedBytes = frameBytes(input)
  if (body.byteLength === expectedBytes) return body
  throw new CacheNetError(
    'frame-size-wrong',
    `A raw frame has exactly ${expectedBytes} bytes here: ${input.width}x${input.height} RGB. Send JPEG, PNG or WebP for other sizes.`,
    { expectedBytes, foundBytes: body.byteLength, width: input.width, height: input.height },
  )
}

const bareType = (contentType: string | undefined): string =>
  contentType?.split(';')[0]?.trim().toLowerCase() ?? ''

/** Names in no register that programs send all the same. */
const usualNames: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'image/x-png': 'image/png',
}

/** `image/JPEG; q=1` → `image/jpeg`; undefined for a type that is not accepted. */
function acceptedType(contentType: string | undefined): string | undefined {
  const type = bareType(contentType)
  const meant = Object.hasOwn(usualNames, type) ? usualNames[type] : type
  return [rawFrameType, ...imageFrameTypes].find((accepted) => accepted === meant)
}

/** Throws `frame-type-unsupported`; cheap, so that it can be asked before a body is read. */
export function requireFrameType(contentType: string | undefined): void {
  if (acceptedType(contentType) !== undefined) return
  const isHeic = kindOfType(bareType(contentType)) === 'heic'
  throw new CacheNetError(
    'frame-type-unsupported',
    `${isHeic ? `HEIC is not read here. ${heicAdvice} ` : ''}Send a frame as application/octet-stream (bare RGB bytes) or as image/jpeg, image/png or image/webp.`,
    { found: contentType ?? null, accepted: [rawFrameType, ...imageFrameTypes] },
  )
}

/**
 * The RGB bytes, height × width × 3, of an uploaded frame.
 *
 * @param maxPixels of an encoded image
 * @param room where it is decoded in turn
 * Throws `frame-type-unsupported`, `frame-empty`, `frame-size-wrong`, `frame-not-an-image`, `frame-damaged`,
 * `frame-too-large` or `edge-overloaded`.
 */
export async function decodeFrame(
  body: Uint8Array,
  contentType: string | undefined,
  input: ModelInput,
  maxPixels = defaultFrameLimits.maxPixels,
  room = sharedRoom,
): Promise<Uint8Array> {
  requireFrameType(contentType)
  if (body.byteLength === 0)
    throw new CacheNetError('frame-empty', 'The request has no body, so there is no frame to answer.')
  return acceptedType(contentType) === rawFrameType
    ? readRaw(body, input)
    : decodeImage(body, input, maxPixels, room)
}
