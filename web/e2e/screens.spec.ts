import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startCountingEdge, type CountingEdge } from './harness/counting-edge.ts'
import { launchChromium } from './harness/launch-chromium.ts'

// What people see, on a phone and on a desktop, in both themes: looked over by axe, and left as pictures in test-results/screens.

const root = fileURLToPath(new URL('../..', import.meta.url))
const pictures = join(root, 'test-results/screens')

let edge: CountingEdge
let browser: Browser

beforeAll(async () => {
  await mkdir(pictures, { recursive: true })
  edge = await startCountingEdge(join(root, 'public/bundles'), join(root, 'dist'))
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await edge.stop()
})

const state = (page: Page): Promise<string | null> => page.getByTestId('stream-state').getAttribute('data-state')

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
}

const viewports = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 }, narrow: { width: 320, height: 640 } } as const

describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
  it.each(Object.keys(viewports) as (keyof typeof viewports)[])('the page on a %s screen is accessible, before and after the demo', async (name) => {
    const context = await browser.newContext({ viewport: viewports[name], colorScheme, reducedMotion: 'reduce' })
    try {
      const page = await context.newPage()
      await page.goto(`${edge.origin}/?demo=1,8,16&hold=10&rate=max&cache=2`)
      await page.getByTestId('play-demo').waitFor()
      await expectAccessible(page)
      await page.screenshot({ path: join(pictures, `${name}-${colorScheme}-idle.png`), fullPage: true })
      await page.getByTestId('play-demo').click()
      await vi.waitFor(async () => expect(await state(page)).toBe('ended'), { timeout: 60_000, interval: 200 })
      await expectAccessible(page)
      await page.screenshot({ path: join(pictures, `${name}-${colorScheme}-played.png`), fullPage: true })
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
    } finally {
      await context.close()
    }
  })
})

describe('the camera', () => {
  async function openCamera(permissions: string[]): Promise<{ context: BrowserContext; page: Page }> {
    const context = await browser.newContext({ permissions })
    const page = await context.newPage()
    await page.goto(`${edge.origin}/?bundle=walkers`)
    await page.getByTestId('camera').click()
    return { context, page }
  }

  it('plays, and every frame gets an answer, though no network knows what it shows', async () => {
    const { context, page } = await openCamera(['camera'])
    try {
      await vi.waitFor(async () => expect(Number(await page.getByTestId('counter-frames').locator('dd, strong, .value').first().textContent())).toBeGreaterThan(5), { timeout: 30_000, interval: 200 })
      expect(await state(page)).toBe('playing')
      await expectAccessible(page)
      await page.getByTestId('stop').click()
      await vi.waitFor(async () => expect(await state(page)).toBe('stopped'))
    } finally {
      await context.close()
    }
  })

  it('that answers nobody while the edge is away is called uncertain, and the stream goes on', async () => {
    const { context, page } = await openCamera(['camera'])
    try {
      await vi.waitFor(async () => expect(await state(page)).toBe('playing'), { timeout: 30_000 })
      // So strict that no network is certain enough.
      await page.getByTestId('threshold').fill('0')
      await edge.stop()
      await vi.waitFor(async () => expect(await page.getByTestId('answer-badge').getAttribute('data-outcome')).toBe('uncertain'), { timeout: 30_000, interval: 50 })
      expect(await state(page)).toBe('playing')
    } finally {
      await context.close()
      await edge.start()
    }
  })
})
