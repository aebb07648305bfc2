import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { apiPaths } from '../../core/wire/frames.ts'
import type { StreamLogExport } from '../page/stream-log/export.ts'
import { useTemperedStage } from './harness/tempered-stage.ts'

// The full model comes to a device where data is free, and answers there: in the real page, out of the real
// store, with no edge at all.

const stage = useTemperedStage({ hasFullModel: true })

async function exported(): Promise<StreamLogExport> {
  await stage.driver.go('insight')
  const [download] = await Promise.all([
    stage.driver.page.waitForEvent('download'),
    stage.driver.page.getByTestId('export-json').click(),
  ])
  return JSON.parse(await readFile(await download.path(), 'utf8')) as StreamLogExport
}

async function untilState(state: string): Promise<void> {
  await stage.driver.go('settings')
  await stage.driver.page.locator(`[data-testid="full-model-state"][data-state="${state}"]`).waitFor()
  await stage.driver.go('watch')
}

async function stop(): Promise<void> {
  await stage.driver.go('watch')
  await stage.driver.page.getByTestId('stop').click()
  await stage.driver.untilState('stopped')
}

/** Something that is neither one colour nor noise. */
const bands = Uint8Array.from({ length: 64 * 64 * 3 }, (_, index) => (index * 7) % 251)

/** The bundle that is certain of nothing: every frame asks the full model. */
const misses = '?seed=3&bundle=unsure&threshold=0'

describe('the full model on the device', () => {
  it('comes before anything plays, answers where the edge is slow, and where it is gone', async () => {
    await stage.open(misses)
    await stage.driver.untilControlled()
    await untilState('ready')
    stage.proxy.faults.set(apiPaths.frames('unsure'), 'late')
    await stage.driver.playDemo()
    await stage.driver.expectGoingOn(20)
    await stage.proxy.goOffline()
    await stage.driver.expectGoingOn(20)
    await expect.poll(() => stage.driver.outcome()).toBe('miss')
    await stop()
    const { frames, totals } = await exported()
    const here = frames.filter(({ answeredBy, outcome }) => outcome === 'miss' && answeredBy === 'device')
    expect(here.length).toBeGreaterThan(10)
    expect(totals.missesHere).toBe(here.length)
    expect(here.every(({ network, bytesUp }) => network === 'full' && bytesUp === 0)).toBe(true)
  })

  it('says of a picture what the edge says of it', async () => {
    await stage.open(`${misses}&full=always&rate=max`)
    await untilState('ready')
    stage.proxy.faults.set(apiPaths.frames('unsure'), 'late')
    const buffer = await sharp(Buffer.from(bands), { raw: { width: 64, height: 64, channels: 3 } })
      .png()
      .toBuffer()
    // The edge's time is not known before the first of them.
    await stage.driver.page
      .getByTestId('images-input')
      .setInputFiles(
        Array.from({ length: 8 }, (_, index) => ({ name: `${index}.png`, mimeType: 'image/png', buffer })),
      )
    await stage.driver.untilState('ended')
    const { frames } = await exported()
    expect(new Set(frames.map(({ answeredBy }) => answeredBy))).toEqual(new Set(['edge', 'device']))
    expect(frames.map(({ outcome }) => outcome)).toEqual(frames.map(() => 'miss'))
    expect(new Set(frames.map(({ label }) => label)).size).toBe(1)
    for (const { edgeEntropyNats } of frames)
      expect(edgeEntropyNats).toBeCloseTo(frames[0]?.edgeEntropyNats ?? Infinity, 3)
  })

  it('is there offline after a reload, once somebody wanted it always, and is deleted where nobody wants it', async () => {
    await stage.open(misses)
    await stage.driver.untilControlled()
    await stage.driver.go('settings')
    await stage.driver.page.getByTestId('full-model').selectOption('always')
    await untilState('ready')
    await stage.proxy.goOffline()
    await stage.driver.page.reload()
    await stage.driver.page.getByTestId('play-demo').waitFor()
    await untilState('ready')
    await stage.driver.playDemo()
    await expect.poll(() => stage.driver.outcome()).toBe('miss')
    await stop()
    await stage.driver.go('settings')
    await stage.driver.page.getByTestId('full-model').selectOption('never')
    await stage.driver.page.locator('[data-testid="full-model-state"][data-state="absent"]').waitFor()
    await stage.driver.go('watch')
    await stage.driver.playDemo()
    await expect.poll(() => stage.driver.outcome()).toBe('uncertain')
    await stop()
  })
})
