import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { apiPaths } from '../../core/wire/frames.ts'
import { createWalker } from '../../core/walkers/body.ts'
import { renderWalker } from '../../core/walkers/render.ts'
import { createSession } from '../../core/walkers/session.ts'
import type { FrameRecord } from '../page/stream-log/frame-record.ts'
import { startCountingEdge, type CountingEdge } from './harness/counting-edge.ts'
import { startFaultProxy, type FaultProxy } from './harness/fault-proxy.ts'
import { launchChromium } from './harness/launch-chromium.ts'
import { drivePage, type PageDriver } from './harness/page-driver.ts'
import { unknownPictures, type UnknownPicture } from './harness/unknown-pictures.ts'

// A camera sees what no bundle knows: nothing on the page may call that certain, whoever answers, and
// whatever the scene was before.

const root = fileURLToPath(new URL('../..', import.meta.url))
/** Of each picture so many frames: a prior has time to make something of it. */
const hold = 12

let edge: CountingEdge
let proxy: FaultProxy
let browser: Browser
let context: BrowserContext
let driver: PageDriver
let pictures: UnknownPicture[]

beforeAll(async () => {
  edge = await startCountingEdge(join(root, 'public/bundles'), join(root, 'dist'))
  proxy = await startFaultProxy(edge.origin)
  browser = await launchChromium()
  pictures = await unknownPictures(browser)
})

afterAll(async () => {
  await browser.close()
  await proxy.close()
  await edge.stop()
})

afterEach(async () => {
  proxy.faults.clear()
  expect(driver.complaints).toEqual([])
  await context.close()
})

async function open(bundle: string): Promise<void> {
  context = await browser.newContext({ viewport: { width: 390, height: 844 }, colorScheme: 'light' })
  driver = drivePage(await context.newPage())
  await driver.page.goto(`${proxy.origin}/?bundle=${bundle}&rate=max`)
  await vi.waitFor(
    async () => expect(await driver.page.locator('.invitation').textContent()).not.toContain('ready'),
    { timeout: 60_000 },
  )
}

type ChosenFile = { readonly name: string; readonly mimeType: string; readonly buffer: Buffer }

const held = ({ name, png }: UnknownPicture, first: number): ChosenFile[] =>
  Array.from({ length: hold }, (_, index) => ({
    name: `${String(first + index).padStart(4, '0')} ${name}.png`,
    mimeType: 'image/png',
    buffer: png,
  }))

/** Somebody whom the demo's bundle knows well, for as long as it takes to be expected. */
async function familiar(frames: number): Promise<ChosenFile[]> {
  const session = createSession({ identity: 19, split: 'test', session: 0 })
  return Promise.all(
    Array.from({ length: frames }, async (_, step) => {
      const rgba = renderWalker({ walker: createWalker(19), session, time: step / 10, size: 128 })
      const buffer = await sharp(rgba, { raw: { width: 128, height: 128, channels: 4 } })
        .png()
        .toBuffer()
      return { name: `${String(step).padStart(4, '0')} somebody.png`, mimeType: 'image/png', buffer }
    }),
  )
}

async function play(files: readonly ChosenFile[]): Promise<FrameRecord[]> {
  await driver.page.getByTestId('images-input').setInputFiles([...files])
  await driver.untilState('ended')
  await driver.go('insight')
  const [download] = await Promise.all([
    driver.page.waitForEvent('download'),
    driver.page.getByTestId('export-json').click(),
  ])
  const { frames } = JSON.parse(await readFile(await download.path(), 'utf8')) as { frames: FrameRecord[] }
  await driver.go('watch')
  expect(frames.length).toBe(files.length)
  return frames
}

const told = ({ name, label, certainty, sureness, outcome }: FrameRecord): string =>
  `${name}: ${label} ${certainty.toFixed(2)}, ${sureness}, ${outcome}`
const areOf = (frames: readonly FrameRecord[]): FrameRecord[] =>
  frames.filter(({ name }) => pictures.some((picture) => name.includes(picture.name)))

type Way = 'with its edge' | 'with no edge'

/**
 * What a bundle is wrong about: each is a debt, and the page calls it certain. A soft white glow on blue is a
 * cloud to a network that knows clouds: to the whole of cifar100, and to the full model of world.
 */
const mistaken: Readonly<Record<string, Partial<Record<Way, readonly string[]>>>> = {
  cifar100: { 'with its edge': ['glow'], 'with no edge': ['glow'] },
  world: { 'with its edge': ['glow'] },
}

describe.each(['walkers', 'people', 'cifar10', 'cifar100', 'world'])('the bundle %s', (bundle) => {
  it.each<Way>(['with its edge', 'with no edge'])(
    '%s is certain of no picture that it does not know, but for its debts',
    async (way) => {
      await open(bundle)
      if (way === 'with no edge') proxy.faults.set(apiPaths.frames(bundle), 'login-page')
      const certain = new Map<string, string[]>()
      for (const picture of pictures) {
        const frames = await play(held(picture, 0))
        const wrong = frames.filter(({ sureness }) => sureness === 'certain').map(told)
        if (wrong.length > 0) certain.set(picture.name, wrong)
        if (mistaken[bundle]?.[way]?.includes(picture.name) === true) continue
        // As it is seen.
        expect(
          await driver.page.getByTestId('answer-badge').getAttribute('data-sureness'),
          told(frames[hold - 1] as FrameRecord),
        ).not.toBe('certain')
        expect(await driver.page.getByTestId('certainty').textContent()).not.toMatch(/100|>\s?99/)
      }
      // A debt that is paid is struck off, so that it does not come back unseen.
      expect([...certain.keys()], JSON.stringify([...certain.values()])).toEqual(
        mistaken[bundle]?.[way] ?? [],
      )
    },
  )
})

it('a scene that was known makes nothing certain of what comes after it', async () => {
  await open('walkers')
  const known = await familiar(40)
  const frames = await play([
    ...known,
    ...pictures.flatMap((picture, index) => held(picture, known.length + index * hold)),
  ])
  const unknown = areOf(frames)
  expect(unknown.length).toBe(pictures.length * hold)
  expect(unknown.filter(({ sureness }) => sureness === 'certain').map(told)).toEqual([])
  // And it is still certain of whom it knows.
  expect(frames.slice(0, 40).filter(({ sureness }) => sureness === 'certain').length).toBeGreaterThan(5)
  const last = driver.page.getByTestId('answer-label')
  expect(await last.textContent()).toBe('None of these')
})
