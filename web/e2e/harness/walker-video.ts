import { writeFile } from 'node:fs/promises'
import { createWalker } from '../../../core/walkers/body.ts'
import { renderWalker } from '../../../core/walkers/render.ts'
import { createSession } from '../../../core/walkers/session.ts'

const size = 160
const framesPerSecond = 10

/** One frame as YUV 4:2:0 (BT.601, studio range), which is what a camera delivers. */
function toYuv(rgba: Uint8ClampedArray): Uint8Array {
  const half = size / 2
  const yuv = new Uint8Array(size * size + 2 * half * half)
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = (y * size + x) * 4
      const [r, g, b] = [rgba[at] ?? 0, rgba[at + 1] ?? 0, rgba[at + 2] ?? 0]
      yuv[y * size + x] = 16 + (65.738 * r + 129.057 * g + 25.064 * b) / 256
      if (x % 2 === 1 || y % 2 === 1) continue
      const chroma = size * size + (y / 2) * half + x / 2
      yuv[chroma] = 128 + (-37.945 * r - 74.494 * g + 112.439 * b) / 256
      yuv[chroma + half * half] = 128 + (112.439 * r - 94.154 * g - 18.285 * b) / 256
    }
  }
  return yuv
}

/**
 * Somebody walks towards the camera, drawn by the generator, as a YUV4MPEG2 file that Chromium's fake camera
 * plays.
 */
export async function writeWalkerVideo(path: string, identity: number, frames = 30): Promise<void> {
  const walker = createWalker(identity)
  const session = createSession({ identity, split: 'test', session: 0 })
  const parts: Uint8Array[] = [
    new TextEncoder().encode(`YUV4MPEG2 W${size} H${size} F${framesPerSecond}:1 Ip A1:1 C420\n`),
  ]
  for (let step = 0; step < frames; step++) {
    parts.push(
      new TextEncoder().encode('FRAME\n'),
      toYuv(renderWalker({ walker, session, time: step / framesPerSecond, size })),
    )
  }
  await writeFile(path, Buffer.concat(parts))
}
