import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { screens } from '../page/state/screen.ts'
import { startCountingEdge, type CountingEdge } from './harness/counting-edge.ts'
import { launchChromium } from './harness/launch-chromium.ts'
import { drivePage, type PageDriver } from './harness/page-driver.ts'

// What people see, on phones and on a desktop, in both themes: looked over by axe, and left as pictures in
// test-results/screens.

const root = fileURLToPath(new URL('../..', import.meta.url))
const pictures = join(root, 'test-results/screens')

let edge: CountingEdge
let browser: Browser

beforeAll(async () => {
  await mkdir(pictures, { recursive: true })
  edge = await startCountingEdge(['walkers', 'people'], join(root, 'dist'))
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await edge.close()
})

async function withPage(
  options: BrowserContextOptions,
  query: string,
  work: (driver: PageDriver) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
  try {
    const driver = drivePage(await context.newPage())
    await driver.page.goto(`${edge.origin}/${query}`)
    await driver.page.getByTestId('play-demo').waitFor()
    await work(driver)
    expect(driver.complaints).toEqual([])
  } finally {
    await context.close()
  }
}

const phones = {
  phone: { width: 390, height: 844 },
  'phone-small': { width: 320, height: 568 },
  'phone-landscape': { width: 740, height: 360 },
} as const
const viewports = { ...phones, desktop: { width: 1280, height: 800 } } as const
const script = '?demo=1,8,16&hold=10&rate=max&cache=2'

/** Colours do not hang on sizes: the dark ones are looked at on two. */
const darkToo: readonly string[] = ['phone', 'desktop']

describe('in both themes', () => {
  it.each(Object.entries(viewports))(
    'all four screens on a %s are accessible and fit',
    async (name, viewport) => {
      await withPage({ viewport, colorScheme: 'light', hasTouch: name in phones }, script, async (driver) => {
        const { page } = driver
        const picture = (theme: string, what: string): Promise<Buffer> =>
          page.screenshot({ path: join(pictures, `${name}-${theme}-${what}.png`) })
        await driver.expectAccessible()
        await picture('light', 'idle')
        await page.getByTestId('play-demo').click()
        await driver.untilState('ended')
        for (const screen of screens) {
          await page.emulateMedia({ colorScheme: 'light' })
          await driver.go(screen)
          await driver.expectAccessible()
          await driver.expectNoOverflow()
          await picture('light', screen)
          if (!darkToo.includes(name)) continue
          await page.emulateMedia({ colorScheme: 'dark' })
          await driver.expectAccessible(['color-contrast'])
          await picture('dark', screen)
        }
        // Reached by the thumb: at the bottom of a phone.
        const bar = await page.locator('.tabs').boundingBox()
        if (name in phones) expect((bar?.y ?? 0) + (bar?.height ?? 0)).toBeCloseTo(viewport.height, 0)
      })
    },
  )
})

describe('with a keyboard alone', () => {
  it('everything is reached, seen to be reached, and worked', async () => {
    await withPage({ viewport: viewports.desktop }, script, async (driver) => {
      const { page } = driver
      const focused = (): Promise<string | null> =>
        page.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? null)
      const tabTo = async (testId: string): Promise<void> => {
        for (let step = 0; step < 60 && (await focused()) !== testId; step++) await page.keyboard.press('Tab')
        expect(await focused()).toBe(testId)
        expect(
          await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle),
        ).not.toBe('none')
      }
      await tabTo('play-demo')
      await page.keyboard.press('Enter')
      await driver.untilState('ended')
      await tabTo('tab-settings')
      await page.keyboard.press('Enter')
      await page.getByTestId('threshold').waitFor()
      await page.locator('body').press('Home')
      await tabTo('threshold')
      const before = await page.getByTestId('threshold-value').textContent()
      await page.keyboard.press('ArrowRight')
      expect(await page.getByTestId('threshold-value').textContent()).not.toBe(before)
      await tabTo('smoothing')
      await page.keyboard.press('Space')
      expect(await page.getByTestId('smoothing').isChecked()).toBe(true)
      await page.goBack()
      expect(new URL(page.url()).hash).toBe('')
    })
  })
})

describe('settings', () => {
  it('say what a threshold is worth, what an audit does, and change the theme and the numbers at once', async () => {
    await withPage({ viewport: viewports.phone, colorScheme: 'light' }, script, async (driver) => {
      const { page } = driver
      await page.getByTestId('play-demo').click()
      await driver.untilState('ended')
      await driver.go('settings')
      await page.getByTestId('threshold').fill('0.2')
      expect(await page.getByTestId('forecast').textContent()).toMatch(
        /^Answers \d+\u00a0% of frames here, \d+\.\d\u00a0% right\.$/,
      )
      expect(await page.getByTestId('audit-note').textContent()).toContain('A check uploads a frame')
      await page.getByTestId('theme').selectOption('dark')
      expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
        'rgb(17, 22, 26)',
      )
      await driver.expectAccessible()
      await page.reload()
      expect(await page.getByTestId('threshold').inputValue()).toBe('0.2')
      expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark')
    })
  })

  it('take the token of the edge’s QR code out of the address, and remember it', async () => {
    await withPage({ viewport: viewports.phone }, '#token=abc.123', async ({ page }) => {
      expect(new URL(page.url()).hash).toBe('')
      await page.getByTestId('tab-settings').click()
      expect(await page.getByTestId('edge-token').inputValue()).toBe('abc.123')
    })
  })
})

describe('insight', () => {
  it('expects what it takes the scene for: both are of one moment', async () => {
    await withPage({ viewport: viewports.desktop }, '?demo=6,19,6,19&hold=40&rate=15', async (driver) => {
      const { page } = driver
      await page.getByTestId('play-demo').click()
      await driver.untilFrames(3)
      await driver.go('insight')
      await page.getByTestId('believed-scene').waitFor()
      const told: string[] = []
      while ((await driver.state()) === 'playing') {
        told.push(
          await page.evaluate(() => {
            const text = (testId: string): string =>
              document.querySelector(`[data-testid="${testId}"]`)?.textContent ?? ''
            return `${text('believed-scene')} | ${text('expected-classes')} | ${text('scene-prior')}`
          }),
        )
        await page.waitForTimeout(40)
      }
      // Where it is sure of one person alone, that one is whom it expects first.
      const sure = told
        .map((line) => /^(\w+) alone \| (\w+) .*\((\d+)\u00a0%\)/.exec(line))
        .filter((match) => match !== null && Number(match[3]) > 60)
      expect(new Set(sure.map((match) => match?.[1])).size).toBeGreaterThan(0)
      expect(sure.filter((match) => match?.[1] !== match?.[2]).map((match) => match?.[0])).toEqual([])
    })
  })

  it('draws what the log holds, and says the same as a table', async () => {
    await withPage({ viewport: viewports.desktop }, script, async (driver) => {
      const { page } = driver
      await page.getByTestId('play-demo').click()
      await driver.untilState('ended')
      await driver.go('insight')
      // What draws them comes when the screen is first opened.
      await page.locator('.plot canvas').nth(1).waitFor()
      expect(await page.locator('.plot canvas').count()).toBe(2)
      await page.locator('.chart summary').first().click()
      const rows = page.locator('.chart details[open] tbody tr')
      expect(await rows.count()).toBe(30)
      expect(await rows.first().locator('td').first().textContent()).toBe('29')
      const heat = page.getByTestId('heat-map')
      expect(await heat.locator('tbody tr').count()).toBe(24)
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByTestId('export-csv').click(),
      ])
      expect(download.suggestedFilename()).toMatch(/^cachenet-walkers-.*\.csv$/)
    })
  })
})
