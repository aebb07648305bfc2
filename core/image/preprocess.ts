import type { ModelInput } from '../bundle/model-input.ts'
import { CacheNetError } from '../wire/errors.ts'

/** Bytes of one frame as it travels: RGB, row by row, no padding. */
export const frameBytes = (input: ModelInput): number => input.width * input.height * input.channels

/**
 * RGBA pixels (not premultiplied) to the RGB bytes of a frame; what is transparent lies on black, as in every
 * picture here.
 */
export function rgbaToRgb(rgba: Uint8Array | Uint8ClampedArray): Uint8Array<ArrayBuffer> {
  const pixels = rgba.length / 4
  const rgb = new Uint8Array(pixels * 3)
  for (let pixel = 0; pixel < pixels; pixel++) {
    const opacity = (rgba[pixel * 4 + 3] ?? 0) / 255
    rgb[pixel * 3] = Math.round((rgba[pixel * 4] ?? 0) * opacity)
    rgb[pixel * 3 + 1] = Math.round((rgba[pixel * 4 + 1] ?? 0) * opacity)
    rgb[pixel * 3 + 2] = Math.round((rgba[pixel * 4 + 2] ?? 0) * opacity)
  }
  return rgb
}

/** The RGB bytes of a frame as opaque RGBA pixels, which is what canvases and workers take. */
export function rgbToRgba(rgb: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray((rgb.length / 3) * 4).fill(255)
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) rgba.set(rgb.subarray(from, from + 3), to)
  return rgba
}

/**
 * Frame bytes to network input: (value / 255 − mean) / std per channel, [height, width, 3] as float32.
 * Training, edge and phone all use this, so that they see the same numbers. Throws `frame-size-wrong`.
 *
 * @param target written to where given (length width × height × 3), so that a hot loop allocates nothing.
 */
export function preprocess(
  rgb: Uint8Array,
  input: ModelInput,
  target: Float32Array = new Float32Array(frameBytes(input)),
): Float32Array {
  const expectedBytes = frameBytes(input)
  if (rgb.length !== expectedBytes) {
    throw new CacheNetError(
      'frame-size-wrong',
      `A frame has ${expectedBytes} bytes here: ${input.width}x${input.height} RGB.`,
      {
        expectedBytes,
        foundBytes: rgb.length,
      },
    )
  }
  for (let channel = 0; channel < 3; channel++) {
    const scale = 1 / (255 * (input.std[channel] ?? 1))
    const shift = (input.mean[channel] ?? 0) / (input.std[channel] ?? 1)
    for (let index = channel; index < expectedBytes; index += 3)
      target[index] = (rgb[index] ?? 0) * scale - shift
  }
  return target
}
