import { expect, it, vi } from 'vitest'
import type { Partition } from '../../core/bundle/manifest.ts'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import { apiPaths } from '../../core/wire/frames.ts'
import type { PlaceList } from '../../core/wire/places.ts'
import { useLearningStage } from './harness/learning-stage.ts'

const { stage, kept, placeFile } = useLearningStage()

it('shows a place whose answers part ways with the full model’s', { timeout: 60_000 }, async () => {
  // Whatever is seen is of that place, once it has shown enough.
  const file = await placeFile('keen')
  const everything = (shares: readonly number[] = []): number[] => shares.map(() => 1 / shares.length)
  const sight = { code: everything(file.sight?.code), classes: everything(file.sight?.classes) }
  await fetch(`${stage.proxy.origin}${apiPaths.places('keen')}`, {
    method: 'POST',
    body: JSON.stringify({ ...file, sight }),
  })
  // Nothing is certain at first, and so all is sent.
  await stage.open('?seed=3&bundle=keen&threshold=0&rate=max&audits=0.05')
  const { driver } = stage
  const { page } = driver
  await driver.go('settings')
  await page.getByRole('switch', { name: /Learn this place/ }).click()
  const card = page.getByTestId('place').filter({ has: page.getByRole('link', { name: 'Report of hall' }) })
  await card.waitFor()
  const placeOfManifest = async (): Promise<Partition | undefined> => {
    const manifest: unknown = await (await fetch(`${stage.proxy.origin}${apiPaths.manifest('keen')}`)).json()
    return parseManifest(manifest).partitions.find(({ learned }) => learned !== undefined)
  }
  const hall = async (): Promise<PlaceList['places'][number] | undefined> =>
    (await kept('keen')).places.find(({ name }) => name === 'hall')
  await driver.go('watch')
  await page.getByTestId('play-demo').click()
  await vi.waitFor(async () => expect((await hall())?.frames).toBeGreaterThan(0), { timeout: 30_000 })
  // Then most is certain, answered here by networks of random weights, and some of it is checked.
  await driver.go('settings')
  expect(await page.getByTestId('place-drift').count()).toBe(0)
  expect((await placeOfManifest())?.temperature).toBe(0.8)
  await page.getByTestId('threshold').fill('0.9')
  await page.getByTestId('place-drift').waitFor({ timeout: 30_000 })
  // A new version, which a page that plays stops for.
  expect((await placeOfManifest())?.temperature).toBeCloseTo(1.2, 9)
  await driver.untilState('stopped')
  const { drifts, frames = 0, framesMissing } = (await hall()) ?? {}
  expect([drifts, framesMissing]).toEqual([1, 200 - frames])
  expect(await card.textContent()).toContain(`until it is learned anew, after ${200 - frames} more frames`)
  await card.getByTestId('place-report-link').click()
  const checks = page.getByTestId('report-checks')
  await checks.waitFor()
  expect(await checks.textContent()).toContain('It parted ways with the full model once')
})
