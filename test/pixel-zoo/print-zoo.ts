import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ModelInput } from '../../core/bundle/model-input.ts'
import { areaAverage } from '../../core/image/area-average.ts'
import { centreCrop } from '../../core/image/centre-crop.ts'
import { readFilePixels } from '../../train/data/read-file-pixels.ts'
import { makeZoo, type ZooFile } from './make-files.ts'
import type { Picture } from './picture.ts'

// print-zoo.ts: the files of the zoo, and what trainer and edge read of each, as JSON on the standard output.
// A program of its own, for a test that runs in a browser.

const size = 32
const input: ModelInput = { width: size, height: size, channels: 3, mean: [0, 0, 0], std: [1, 1, 1] }
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/** What the definition says, worked out from the picture itself. */
function inputOf({ width, height, rgb }: Picture): Uint8Array {
  const crop = centreCrop({ width, height }, input)
  const middle = new Uint8Array(crop.width * crop.height * 3)
  for (let row = 0; row < crop.height; row++) {
    const from = ((crop.top + row) * width + crop.left) * 3
    middle.set(rgb.subarray(from, from + crop.width * 3), row * crop.width * 3)
  }
  return areaAverage(middle, 3, crop, input)
}

async function trained(folder: string, { name, bytes }: ZooFile): Promise<Uint8Array> {
  const path = join(folder, name)
  await writeFile(path, bytes)
  return readFilePixels(path, size)
}

const folder = await mkdtemp(join(tmpdir(), 'cachenet-zoo-'))
try {
  const files = await makeZoo()
  const trainer = new Map<string, Uint8Array>()
  for (const file of files) trainer.set(file.name, await trained(folder, file))
  // Only now: the edge shuts libvips' doors to other formats for the whole process.
  const { decodeFrame } = await import('../../edge/frames/decode-frame.ts')
  const entries = []
  for (const { name, type, bytes, shows } of files) {
    const isTaken = ['image/jpeg', 'image/png', 'image/webp'].includes(type)
    entries.push({
      name,
      type,
      bytes: base64(bytes),
      trainer: base64(trainer.get(name) ?? new Uint8Array()),
      ...(isTaken ? { edge: base64(await decodeFrame(bytes, type, input)) } : {}),
      ...(shows === undefined ? {} : { expected: base64(inputOf(shows)) }),
    })
  }
  process.stdout.write(JSON.stringify(entries))
} finally {
  await rm(folder, { recursive: true })
}
