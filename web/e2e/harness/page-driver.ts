import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect, vi } from 'vitest'
import type { Screen } from '../../page/state/screen.ts'

/** What tests do with the page, by the names that it gives its parts. */
export interface PageDriver {
  readonly page: Page
  /** Errors of the page, and what its content security policy refused. */
  readonly complaints: string[]
  state(): Promise<string | null>
  outcome(): Promise<string | null>
  frames(): Promise<number>
  go(screen: Screen): Promise<void>
  untilState(state: string): Promise<void>
  untilFrames(count: number): Promise<void>
  untilNotice(about: string): Promise<void>
  /** The service worker answers what the page asks for. */
  untilControlled(): Promise<void>
  playDemo(): Promise<void>
  /** So many frames further, and still playing. */
  expectGoingOn(frames?: number): Promise<void>
  /** By all rules of axe, or by some alone. */
  expectAccessible(rules?: readonly string[]): Promise<void>
  expectNoOverflow(): Promise<void>
}

const waiting = { timeout: 60_000, interval: 100 }

export function drivePage(page: Page): PageDriver {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text())
  })
  const state = (): Promise<string | null> => page.getByTestId('stream-state').getAttribute('data-state')
  const frames = async (): Promise<number> =>
    Number(
      ((await page.getByTestId('counter-frames').locator('dd').textContent()) ?? '').replaceAll(/\D/g, ''),
    )
  const untilFrames = (count: number): Promise<void> =>
    vi.waitFor(async () => expect(await frames()).toBeGreaterThanOrEqual(count), waiting)
  return {
    page,
    complaints,
    state,
    frames,
    outcome: () => page.getByTestId('answer-badge').getAttribute('data-outcome'),
    async go(screen) {
      await page.getByTestId(`tab-${screen}`).click()
      // Two of them come when they are first looked at.
      await page.locator('main > [aria-busy]').waitFor({ state: 'detached' })
    },
    untilState: (wanted) => vi.waitFor(async () => expect(await state()).toBe(wanted), waiting),
    untilFrames,
    untilNotice: (about) =>
      page.locator(`[data-testid="notice"][data-about="${about}"]`).waitFor({ timeout: waiting.timeout }),
    async untilControlled() {
      await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
    },
    async playDemo() {
      await page.getByTestId('play-demo').click()
      await untilFrames(5)
    },
    async expectGoingOn(more = 10) {
      await untilFrames((await frames()) + more)
      expect(await state()).toBe('playing')
    },
    async expectAccessible(rules) {
      // In the page itself, which has no frames: otherwise each look opens a page more. Nobody reads what
      // passed.
      const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
      const { violations } = await (rules === undefined ? axe : axe.withRules([...rules])).analyze()
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual(
        [],
      )
    },
    async expectNoOverflow() {
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0)
    },
  }
}
