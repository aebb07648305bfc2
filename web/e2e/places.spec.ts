import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import type { PlaceFile } from '../../core/places/place-file.ts'
import { useLearningStage } from './harness/learning-stage.ts'

// A person lets the edge learn this place, sees what it keeps, gives it a name, and has it forgotten:
// in the real page, with the keyboard.

const root = fileURLToPath(new URL('../..', import.meta.url))
const { stage, kept, placeFile } = useLearningStage()
const framesKept = async (): Promise<number> =>
  (await kept()).places.reduce((sum, { frames }) => sum + frames, 0)

const fileOf = (content: PlaceFile): { name: string; mimeType: string; buffer: Buffer } => ({
  name: 'place.json',
  mimeType: 'application/json',
  buffer: Buffer.from(JSON.stringify(content)),
})

async function playSome(): Promise<void> {
  const { driver } = stage
  await driver.go('watch')
  await driver.page.getByTestId('play-demo').click()
  await driver.untilState('playing')
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  await driver.page.getByTestId('stop').click()
  await driver.untilState('stopped')
}

describe('learning a place', () => {
  it('keeps frames only while the person wants that, and forgets them', { timeout: 120_000 }, async () => {
    await stage.open('?seed=3&bundle=unsure&threshold=0')
    const { driver } = stage
    const { page } = driver
    await playSome()
    expect(await framesKept()).toBe(0)

    await driver.go('settings')
    const learn = page.getByRole('switch', { name: /Learn this place/ })
    expect(await learn.isChecked()).toBe(false)
    await learn.focus()
    await page.keyboard.press('Space')
    expect(await learn.isChecked()).toBe(true)
    await playSome()
    await vi.waitFor(async () => expect(await framesKept()).toBeGreaterThan(0), { timeout: 20_000 })

    await driver.go('settings')
    await page.getByTestId('place').first().waitFor()
    expect(await page.getByTestId('place').first().textContent()).toContain('frames on the edge')
    expect(await page.getByTestId('places-trouble').textContent()).not.toBe('')
    await page.getByLabel('Name of Place 1').fill('Hall')
    await page.keyboard.press('Tab')
    await vi.waitFor(async () => expect((await kept()).places.map(({ name }) => name)).toContain('Hall'))
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    const pictures = page.getByTestId('place-pictures')
    const show = page.getByRole('switch', { name: /Show pictures of places/ })
    expect(await show.isChecked()).toBe(false)
    await page.getByTestId('place-report-link').first().click()
    await page.getByRole('heading', { name: 'Hall' }).waitFor()
    await page.goBack()
    expect(asked.filter((path) => path.endsWith('/report'))).toHaveLength(1)
    expect(asked.filter((path) => path.endsWith('/pictures'))).toEqual([])
    await show.focus()
    await page.keyboard.press('Space')
    await pictures.first().waitFor()
    expect(
      await pictures
        .first()
        .getByRole('img', { name: /^Frame of/ })
        .count(),
    ).toBeGreaterThan(0)
    const isDrawn = (image: HTMLImageElement): boolean => image.complete && image.naturalWidth === 16
    await vi.waitFor(async () => expect(await pictures.locator('img').first().evaluate(isDrawn)).toBe(true))
    await driver.expectAccessible()
    await page.getByTestId('places').screenshot({ path: join(root, 'test-results/screens/places.png') })
    // Remembered on this phone, and gone from the page at once where it is taken back.
    await page.reload()
    await pictures.first().waitFor()
    await page.getByTestId('show-places').click()
    expect(await pictures.count()).toBe(0)
    await page.getByRole('button', { name: 'Forget Hall' }).focus()
    await page.keyboard.press('Enter')
    await vi.waitFor(async () => expect(await framesKept()).toBe(0), { timeout: 20_000 })
    await vi.waitFor(async () => expect(await page.getByTestId('place').count()).toBe(0), { timeout: 20_000 })
  })

  it('takes a learned place from a file, and gives it back as one', { timeout: 60_000 }, async () => {
    await stage.open('?seed=3&bundle=unsure')
    const { driver } = stage
    const { page } = driver
    await driver.go('settings')
    const input = page.getByTestId('import-place')
    await input.setInputFiles({ name: 'no.json', mimeType: 'application/json', buffer: Buffer.from('{}') })
    await vi.waitFor(async () =>
      expect(await page.getByTestId('places-trouble').textContent()).toContain('no file of a learned place'),
    )
    const file = await placeFile('unsure')
    await input.setInputFiles(fileOf(file))
    const saving = page.getByRole('button', { name: 'Save as a file: hall' })
    await saving.waitFor()
    await driver.expectAccessible()
    await page
      .getByTestId('places')
      .screenshot({ path: join(root, 'test-results/screens/place-learned.png') })
    const [download] = await Promise.all([page.waitForEvent('download'), saving.click()])
    expect(download.suggestedFilename()).toBe('place-hall.json')
    const saved: unknown = JSON.parse(await readFile(await download.path(), 'utf8'))
    expect(saved).toMatchObject({ kind: 'cachenet-place', name: 'hall', weights: file.weights })
    await page.getByRole('button', { name: 'Forget hall' }).click()
    await vi.waitFor(async () => expect((await kept()).places).toEqual([]), { timeout: 20_000 })
  })

  it('is reported on, on a page of its own that goes to paper', { timeout: 60_000 }, async () => {
    await stage.open('?seed=3&bundle=unsure')
    const { driver } = stage
    const { page } = driver
    await driver.go('settings')
    await page.getByTestId('import-place').setInputFiles(fileOf(await placeFile('unsure')))
    const link = page.getByRole('link', { name: 'Report of hall' })
    await link.focus()
    await page.keyboard.press('Enter')
    const heading = page.getByRole('heading', { name: 'hall' })
    await heading.waitFor()
    expect(await heading.evaluate((element) => element === document.activeElement)).toBe(true)
    const textOf = async (testId: string): Promise<string> =>
      ((await page.getByTestId(testId).textContent()) ?? '').replaceAll('\u00a0', ' ')
    expect(await textOf('report-gain')).toContain('Sent to the edge80 % (70–87)30 % (21–41)')
    expect(await textOf('report-checks')).toContain('Promised: 1.4 %')
    expect(await textOf('report-classes')).toMatch(/^What is seen thereClassshareBlake97 %/)
    expect(await textOf('report-facts')).toContain('From400 frames')
    expect(await textOf('place-report')).toContain('From which visits it was learned')
    await driver.expectAccessible()
    await driver.expectNoOverflow()
    const report = page.getByTestId('place-report')
    await page.emulateMedia({ media: 'print' })
    expect(await report.isVisible()).toBe(true)
    for (const testId of ['tab-watch', 'stream-state', 'leave-report'])
      expect(await page.getByTestId(testId).isVisible()).toBe(false)
    await page.emulateMedia({ media: 'screen' })
    // The address is the report's, and back is where it was come from.
    await page.reload()
    await heading.waitFor()
    await page.getByTestId('leave-report').click()
    await link.waitFor()
    expect(await link.evaluate((element) => element === document.activeElement)).toBe(true)
    await page.goto(`${page.url().replace(/#.*/, '')}#settings/place-999`)
    await page.getByText('The edge has no such place.').waitFor()
    await page.getByTestId('leave-report').click()
    await page.getByTestId('forget-places').click()
    await vi.waitFor(async () => expect((await kept()).places).toEqual([]), { timeout: 20_000 })
  })

  it('is not offered for a bundle that the edge learns nothing for', { timeout: 60_000 }, async () => {
    await stage.open('?seed=3&bundle=sure')
    await stage.driver.go('settings')
    await stage.driver.page.getByTestId('audits').waitFor()
    expect(await stage.driver.page.getByTestId('learn-place').count()).toBe(0)
  })
})
