import { rawFrameType, type imageFrameTypes } from './frame-types.ts'

/** An encoded picture. */
export interface EncodedFrame {
  readonly type: (typeof imageFrameTypes)[number]
  readonly bytes: Uint8Array<ArrayBuffer>
}

/**
 * A frame on its way to the edge. Bare bytes are RGB at the size that the full model reads; where that is not
 * the size that the device's networks read, it is an encoded picture, which the edge brings to its size.
 */
export type SentFrame = Uint8Array<ArrayBuffer> | EncodedFrame

export const bytesOfFrame = (frame: SentFrame): Uint8Array<ArrayBuffer> =>
  frame instanceof Uint8Array ? frame : frame.bytes

export const typeOfFrame = (frame: SentFrame): string =>
  frame instanceof Uint8Array ? rawFrameType : frame.type
