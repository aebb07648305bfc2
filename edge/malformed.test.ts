import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createSampleBundle, type SampleBundle } from '../core/testing/sample-bundle.ts'
import { apiPaths, rawFrameType } from '../core/wire/frames.ts'
import { temporaryFolder, writeBundle } from './testing/bundle-folder.ts'
import { startEdgeProcess, type EdgeProcess } from './testing/edge-process.ts'
import { randomRgb } from './testing/engine-samples.ts'
import { playMalformed } from './testing/play-malformed.ts'

// Some hundreds of drawn requests over raw connections; `npm run test:long` sends more than ten thousand.
// MALFORMED_SEED repeats others.

let edge: EdgeProcess
let remove: () => Promise<void>
let sample: SampleBundle
beforeAll(async () => {
  const place = await temporaryFolder()
  remove = place.remove
  sample = await createSampleBundle()
  await writeBundle(place.folder, sample)
  await writeFile(join(place.folder, 'index.html'), '<!doctype html><title>page</title>')
  edge = await startEdgeProcess([
    '--bundles',
    place.folder,
    '--page',
    place.folder,
    '--rate-limit',
    '0',
    '--drain-seconds',
    '0',
  ])
}, 120_000)
afterAll(async () => {
  await edge.stop()
  await remove()
})

it(
  'answers whatever comes with a code and its headers, or hangs up; never with a fault of its own',
  { timeout: 240_000 },
  async () => {
    const seed = Number(process.env['MALFORMED_SEED'] ?? 1)
    const played = await playMalformed(edge.port, 440, seed, { bundle: 'sample', frameBytes: 768 })
    expect(played.failures).toEqual([])
    expect(played.serverErrors).toBe(0)
    expect(played.answered).toBeGreaterThan(300)
    expect(edge.child.exitCode).toBeNull()
    expect(edge.err()).not.toMatch(/"level":(50|60)/)
    const frame = {
      method: 'POST',
      headers: { 'Content-Type': rawFrameType },
      body: randomRgb(sample.manifest),
    }
    expect((await fetch(edge.origin + apiPaths.frames('sample'), frame)).status).toBe(200)
  },
)
