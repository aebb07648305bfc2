import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import { samplePlaceFile } from '../../core/testing/sample-place-file.ts'
import { apiPaths } from '../../core/wire/frames.ts'
import { placeListSchema, type PlaceList } from '../../core/wire/places.ts'
import { useTemperedStage } from './harness/tempered-stage.ts'

// A person lets the edge learn this place, sees what it keeps, gives it a name, and has it forgotten:
// in the real page, with the keyboard.

const root = fileURLToPath(new URL('../..', import.meta.url))
const stage = useTemperedStage({ learns: ['unsure'] })

const kept = async (): Promise<PlaceList> =>
  placeListSchema.parse(await (await fetch(`${stage.proxy.origin}${apiPaths.places('unsure')}`)).json())
const framesKept = async (): Promise<number> =>
  (await kept()).places.reduce((sum, { frames }) => sum + frames, 0)

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
    await driver.expectAccessible()
    await page.getByLabel('Name of Place 1').fill('Hall')
    await page.keyboard.press('Tab')
    await vi.waitFor(async () => expect((await kept()).places.map(({ name }) => name)).toContain('Hall'))
    await page.getByTestId('places').screenshot({ path: join(root, 'test-results/screens/places.png') })
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
    const answer = await fetch(`${stage.proxy.origin}${apiPaths.manifest('unsure')}`)
    const file = samplePlaceFile(
      parseManifest(await answer.json()),
      (bytes) => createHash('sha256').update(bytes).digest('hex'),
      (bytes) => Buffer.from(bytes).toString('base64'),
    )
    const buffer = Buffer.from(JSON.stringify(file))
    await input.setInputFiles({ name: 'hall.json', mimeType: 'application/json', buffer })
    const saving = page.getByRole('button', { name: 'Save hall as a file' })
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

  it('is not offered for a bundle that the edge learns nothing for', { timeout: 60_000 }, async () => {
    await stage.open('?seed=3&bundle=sure')
    await stage.driver.go('settings')
    await stage.driver.page.getByTestId('audits').waitFor()
    expect(await stage.driver.page.getByTestId('learn-place').count()).toBe(0)
  })
})
