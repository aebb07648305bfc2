import { describe, expect, it } from 'vitest'
import { threePeople, useScreensStage, viewports } from './harness/screens-stage.ts'

// What people see, on the smallest phone; `npm run test:long` has the larger sizes.

const { withPage, expectScreensFit } = useScreensStage()

it('all four screens on a small phone are accessible and fit, in both themes', () =>
  expectScreensFit('phone-small'))

describe('with a keyboard alone', () => {
  it('everything is reached, seen to be reached, and worked', async () => {
    await withPage({ viewport: viewports.desktop }, threePeople, async (driver) => {
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
    await withPage({ viewport: viewports.phone, colorScheme: 'light' }, threePeople, async (driver) => {
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
    await withPage({ viewport: viewports.desktop }, threePeople, async (driver) => {
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
