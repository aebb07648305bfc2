import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest'
import { apiPaths } from '../../../core/wire/frames.ts'
import type { FrameRecord } from '../../page/stream-log/frame-record.ts'
import { startCountingEdge, type CountingEdge } from './counting-edge.ts'
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts'
import { launchChromium } from './launch-chromium.ts'
import { drivePage, type PageDriver } from './page-driver.ts'
import { unknownPictures, type UnknownPicture } from './unknown-pictures.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
/** Of each picture so many frames: a prior has time to make something of it. */
export const hold = 12

export type ChosenFile = { readonly name: string; readonly mimeType: string; readonly buffer: Buffer }
export const ways = ['with its edge', 'with no edge', 'with the full model here'] as const
/** Whom the page may ask; with the full model here there is no edge. */
export type Way = (typeof ways)[number]

/**
 * What a bundle is wrong about: each is a debt, and the page calls it certain. A soft white glow on blue is a
 * cloud to the full model of world.
 */
const mistaken: Readonly<Record<string, Partial<Record<Way, readonly string[]>>>> = {
  world: { 'with its edge': ['glow'], 'with the full model here': ['glow'] },
}

/** The built page, its edge with the released bundles, and pictures that none of them knows. */
export interface NonsenseStage {
  readonly pictures: readonly UnknownPicture[]
  readonly driver: PageDriver
  open(bundle: string): Promise<void>
  /** Plays files as a stream of its own; what became of each. */
  play(files: readonly ChosenFile[]): Promise<FrameRecord[]>
  /** The page calls no picture certain that the bundle does not know, but for its debts. */
  expectNothingCertain(bundle: string, way: Way): Promise<void>
}

export const told = ({ name, label, certainty, sureness, outcome }: FrameRecord): string =>
  `${name}: ${label} ${certainty.toFixed(2)}, ${sureness}, ${outcome}`

export const held = ({ name, png }: UnknownPicture, first: number): ChosenFile[] =>
  Array.from({ length: hold }, (_, index) => ({
    name: `${String(first + index).padStart(4, '0')} ${name}.png`,
    mimeType: 'image/png',
    buffer: png,
  }))

/**
 * Sets the stage for the tests of a file, with an edge that serves `bundles`; after each test the page has
 * nothing to complain of.
 */
export function useNonsenseStage(bundles: readonly [string, ...string[]]): NonsenseStage {
  let edge: CountingEdge
  let proxy: FaultProxy
  let browser: Browser
  let context: BrowserContext
  let driver: PageDriver
  let pictures: UnknownPicture[]

  beforeAll(async () => {
    edge = await startCountingEdge(bundles, join(root, 'dist'))
    proxy = await startFaultProxy(edge.origin)
    browser = await launchChromium()
    pictures = await unknownPictures(browser)
  })
  afterAll(async () => {
    await browser.close()
    await proxy.close()
    await edge.close()
  })
  afterEach(async () => {
    proxy.faults.clear()
    expect(driver.complaints).toEqual([])
    await context.close()
  })

  async function open(bundle: string, query = ''): Promise<void> {
    context = await browser.newContext({ viewport: { width: 390, height: 844 }, colorScheme: 'light' })
    driver = drivePage(await context.newPage())
    await driver.page.goto(`${proxy.origin}/?bundle=${bundle}&rate=max${query}`)
    await vi.waitFor(
      async () => expect(await driver.page.locator('.invitation').textContent()).not.toContain('ready'),
      { timeout: 60_000 },
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

  return {
    get pictures() {
      return pictures
    },
    get driver() {
      return driver
    },
    open,
    play,
    async expectNothingCertain(bundle, way) {
      const isHere = way === 'with the full model here'
      await open(bundle, isHere ? '&full=always' : '')
      if (isHere) {
        await driver.go('settings')
        await driver.page.locator('[data-testid="full-model-state"][data-state="ready"]').waitFor()
        await driver.go('watch')
      }
      if (way !== 'with its edge') proxy.faults.set(apiPaths.frames(bundle), 'login-page')
      const certain = new Map<string, string[]>()
      let answeredHere = 0
      for (const picture of pictures) {
        const frames = await play(held(picture, 0))
        answeredHere += frames.filter(
          ({ network, answeredBy }) => network === 'full' && answeredBy === 'device',
        ).length
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
      expect(answeredHere > 0, `${answeredHere} frames by the full model here`).toBe(isHere)
      // A debt that is paid is struck off, so that it does not come back unseen.
      expect([...certain.keys()], JSON.stringify([...certain.values()])).toEqual(
        mistaken[bundle]?.[way] ?? [],
      )
    },
  }
}
