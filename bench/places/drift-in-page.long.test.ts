import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser } from 'playwright-core'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createEdgeApi } from '../../core/client/edge-api.ts'
import type { LearnedPlaceView } from '../../core/wire/places.ts'
import { startEdge, type RunningEdge } from '../../edge/start-edge.ts'
import { findChromium } from '../../test/find-chromium.ts'
import { comers, differentPictures } from './comers.ts'
import { writeSmallBundle } from './small-bundle.ts'

// A place is learned, drifts, and is learned anew, by the real trainer, as the real page shows it.
// `npx vite build` comes before.

const { signal } = new AbortController()
const frames = 200

let folder = ''
let edge: RunningEdge
let browser: Browser

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachenet-drift-'))
  await writeSmallBundle(join(folder, 'bundles'))
  edge = await startEdge({
    port: 0,
    host: '127.0.0.1',
    bundlesFolder: join(folder, 'bundles'),
    pageFolder: 'dist',
    engine: 'tfjs-wasm',
    log: pino({ level: 'silent' }),
    learning: {
      bundles: ['small'],
      folder: join(folder, 'places'),
      framesNeeded: frames,
      limits: { mostFrames: 1000, mostBytes: 2 ** 24, mostAgeMs: 86_400_000 },
      trainer: 'train/learn-place.ts',
      trainLimitMs: 300_000,
    },
  })
  browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-gpu'],
  })
}, 120_000)
afterAll(async () => {
  await browser.close()
  await edge.close()
  await rm(folder, { recursive: true })
})

it('is certain less often where checks part ways, and is learned anew', { timeout: 900_000 }, async () => {
  const api = createEdgeApi({ baseUrl: edge.origin })
  const send = async (
    rgb: Uint8Array<ArrayBuffer>,
    learnStream?: string,
    checked?: readonly boolean[],
  ): Promise<number> =>
    (await api.answerFrame(signal, 'small', rgb, { learnStream, checked })).value.classIndex
  const place = async (): Promise<LearnedPlaceView | undefined> =>
    (await api.listPlaces(signal, 'small')).places[0]
  const temperature = async (): Promise<number> =>
    (await api.manifest(signal, 'small')).partitions.find(({ learned }) => learned !== undefined)
      ?.temperature ?? 0
  const pictures = await differentPictures(send)
  for (const rgb of comers(pictures, frames, 'visit')) await send(rgb, 'phone')
  await edge.learning?.settled()
  expect(await place()).toMatchObject({ stage: 'learned' })

  const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
  await page.goto(`${edge.origin}/?bundle=small`)
  await page.getByTestId('tab-settings').click()
  const card = page.locator('[data-testid="place"][data-stage="learned"]')
  await card.waitFor()
  const drift = page.getByTestId('place-drift')
  expect(await drift.count()).toBe(0)
  const certain = await temperature()

  // What a phone there would tell: its answers are other than the full model's.
  const [first] = comers(pictures, 1, 'first')
  if (first === undefined) throw new Error('One picture was asked for.')
  while (((await place())?.drifts ?? 0) === 0) {
    await send(first, 'phone', [false])
    await edge.learning?.settled()
  }
  await drift.waitFor()
  expect(await card.textContent()).toContain('until it is learned anew, after')
  expect(await temperature()).toBeCloseTo(1.5 * certain, 6)
  const before = (await place())?.learned?.at

  // Half as many new frames are enough.
  const missing = (await place())?.framesMissing ?? 0
  expect(missing).toBeLessThanOrEqual(frames / 2)
  for (const rgb of comers(pictures, missing, 'again')) await send(rgb, 'phone')
  await edge.learning?.settled()
  const anew = await place()
  expect(anew?.message).toMatch(/^Learned/)
  expect(anew?.learned?.at).not.toBe(before)
  await drift.waitFor({ state: 'detached' })
  await card.getByTestId('place-report-link').click()
  await page.getByTestId('report-gain').waitFor()
  expect(await page.getByTestId('report-facts').textContent()).toContain(`From${anew?.frames ?? 0} frames`)
  expect(await page.getByTestId('report-checks').textContent()).toContain('since it was learned')
})
