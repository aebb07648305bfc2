import { mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createRandom } from '../../core/random.ts'
import { createSampleBundle } from '../../core/testing/sample-bundle.ts'
import { temporaryFolder, writeBundle } from '../../edge/testing/bundle-folder.ts'
import { findChromium } from '../../test/find-chromium.ts'
import { runReplay, type ReplayTools } from './run-replay.ts'
import { resolveReplaySettings, type ReplaySettings } from './settings.ts'

const chromium = findChromium()
const imagesOfClass = 6

// Without a browser there is nothing to replay through; `npm test` reports a missing one as a failure.
describe.skipIf(chromium === '')('runReplay', { timeout: 240_000 }, () => {
  let folder: string
  let remove: () => Promise<void>
  let written: string
  const tools: ReplayTools = { chromium, isTerminal: false, write: (text) => void (written += text) }

  beforeAll(async () => {
    ;({ folder, remove } = await temporaryFolder())
    written = ''
    // What is left behind here was left by this test.
    await mkdir(join(folder, 'tmp'))
    vi.stubEnv('TMPDIR', join(folder, 'tmp'))
    const sample = await createSampleBundle({ seed: 3 })
    await writeBundle(join(folder, 'bundles'), sample)
    const random = createRandom(1)
    for (const className of sample.manifest.classNames) {
      await mkdir(join(folder, 'images', className), { recursive: true })
      for (let index = 0; index < imagesOfClass; index++) {
        const colour = [random.integer(256), random.integer(256), random.integer(256)]
        const pixels = Uint8Array.from({ length: 20 * 20 * 3 }, (_, at) =>
          Math.min(255, Math.max(0, (colour[at % 3] ?? 0) + random.normal() * 40)),
        )
        await sharp(pixels, { raw: { width: 20, height: 20, channels: 3 } })
          .png()
          .toFile(join(folder, 'images', className, `${index}.png`))
      }
    }
  }, 60_000)
  afterAll(async () => {
    vi.unstubAllEnvs()
    await remove()
  })

  const settings = (more: Record<string, string>): ReplaySettings =>
    resolveReplaySettings([], {
      data: join(folder, 'images'),
      bundles: join(folder, 'bundles'),
      page: join(folder, 'dist'),
      ...more,
    })
  const leftBehind = async (): Promise<string[]> =>
    (await readdir(join(folder, 'tmp'))).filter((name) => name.startsWith('cachenet-'))

  it('plays every image through the real page, and the page and the edge count the same', async () => {
    const json = join(folder, 'out.json')
    const summary = await runReplay(
      new AbortController().signal,
      settings({ frames: '60', length: '10', json, images: 'all' }),
      tools,
    )
    expect(summary.disagreements).toEqual([])
    expect(summary.all.frames).toBe(60)
    expect(summary.hits.frames + summary.misses.frames + summary.uncertain.frames).toBe(60)
    expect(summary.edge.frames).toBe(summary.sent)
    // Networks with random weights are uncertain of something, and not of everything.
    expect(summary.misses.frames).toBeGreaterThan(0)
    expect(summary.bytesUp).toBe(summary.sent * 16 * 16 * 3)
    expect(summary.all.accuracy).toBeGreaterThanOrEqual(0)
    expect(written).toContain('60 frames of 24 images')
    expect(written).toMatch(/misses +\d+/)

    const { session } = JSON.parse(await readFile(json, 'utf8')) as {
      session: { frames: { name: string; trueLabel: string }[] }
    }
    expect(session.frames).toHaveLength(60)
    for (const [index, { name, trueLabel }] of session.frames.entries()) {
      expect(name.split('/').slice(1, 3)).toEqual([String(index).padStart(6, '0'), trueLabel])
    }
    expect(await leftBehind()).toEqual([])
  })

  it('leaves nothing behind when it is stopped in the middle', async () => {
    const controller = new AbortController()
    const stopping = runReplay(controller.signal, settings({ frames: '5000', order: 'files' }), {
      ...tools,
      write: (text) => {
        if (text.includes(' of 5000 frames (')) controller.abort()
      },
    })
    await expect(stopping).rejects.toMatchObject({ code: 'aborted' })
    expect(await leftBehind()).toEqual([])
  })

  it('says so before it starts anything where the bundle or the images are not there', async () => {
    const signal = new AbortController().signal
    await expect(runReplay(signal, settings({ bundle: 'nobody' }), tools)).rejects.toMatchObject({
      code: 'config-invalid',
    })
    await expect(runReplay(signal, settings({ data: join(folder, 'bundles') }), tools)).rejects.toMatchObject(
      { code: 'dataset-invalid' },
    )
    expect((await stat(join(folder, 'dist', 'index.html'))).isFile()).toBe(true)
  })
})
