import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { screens } from '../../page/state/screen.ts'
import { startCountingEdge, type CountingEdge } from './counting-edge.ts'
import { launchChromium } from './launch-chromium.ts'
import { drivePage, type PageDriver } from './page-driver.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const pictures = join(root, 'test-results/screens')

const phones = {
  phone: { width: 390, height: 844 },
  'phone-small': { width: 320, height: 568 },
  'phone-landscape': { width: 740, height: 360 },
} as const
export const viewports = { ...phones, desktop: { width: 1280, height: 800 } } as const
export type Viewport = keyof typeof viewports

/** Three people of the demo, each for ten frames. */
export const threePeople = '?demo=1,8,16&hold=10&rate=max&cache=2'

/** The built page on screens of several sizes, with its edge. */
export interface ScreensStage {
  /** A page of its own, closed behind `work`; it has nothing to complain of. */
  readonly withPage: (
    options: BrowserContextOptions,
    query: string,
    work: (driver: PageDriver) => Promise<void>,
  ) => Promise<void>
  /**
   * All four screens are accessible and fit, in both themes; they are left as pictures in
   * test-results/screens.
   */
  readonly expectScreensFit: (name: Viewport) => Promise<void>
}

/** Sets the stage for the tests of a file. */
export function useScreensStage(): ScreensStage {
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

  const withPage: ScreensStage['withPage'] = async (options, query, work) => {
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

  const expectScreensFit: ScreensStage['expectScreensFit'] = async (name) => {
    const viewport = viewports[name]
    const isPhone = name in phones
    await withPage({ viewport, colorScheme: 'light', hasTouch: isPhone }, threePeople, async (driver) => {
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
        await page.emulateMedia({ colorScheme: 'dark' })
        await driver.expectAccessible(['color-contrast'])
        await picture('dark', screen)
      }
      // Reached by the thumb: at the bottom of a phone.
      const bar = await page.locator('.tabs').boundingBox()
      if (isPhone) expect((bar?.y ?? 0) + (bar?.height ?? 0)).toBeCloseTo(viewport.height, 0)
    })
  }

  return { withPage, expectScreensFit }
}
