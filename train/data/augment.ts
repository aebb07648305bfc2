import type { ModelInput } from '../../core/bundle/manifest.ts'

/** Index inside [0, extent) of a position outside it, mirrored at the border pixel. */
function reflect(position: number, extent: number): number {
  if (position < 0) return -position
  return position >= extent ? 2 * extent - 2 - position : position
}

/**
 * Writes one image as network input, shifted with reflected borders and mirrored where asked.
 *
 * @param pixels [count, height, width, 3] bytes
 * @param target float32, written from `targetStart` on: (value / 255 − mean) / std
 */
export function writeAugmented(
  pixels: Uint8Array,
  image: number,
  input: ModelInput,
  shift: { readonly x: number; readonly y: number; readonly isMirrored: boolean },
  target: Float32Array,
  targetStart: number,
): void {
  const { width, height, mean, std } = input
  const start = image * width * height * 3
  const scale = std.map((deviation) => 1 / (255 * deviation))
  const offset = mean.map((value, channel) => value / std[channel]!)
  let to = targetStart
  for (let y = 0; y < height; y++) {
    const row = start + reflect(y + shift.y, height) * width * 3
    for (let x = 0; x < width; x++) {
      const from = row + reflect((shift.isMirrored ? width - 1 - x : x) + shift.x, width) * 3
      target[to++] = pixels[from]! * scale[0]! - offset[0]!
      target[to++] = pixels[from + 1]! * scale[1]! - offset[1]!
      target[to++] = pixels[from + 2]! * scale[2]! - offset[2]!
    }
  }
}
