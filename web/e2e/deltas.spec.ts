import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createEdgeApi } from '../../core/client/edge-api.ts'
import { rgbaToRgb } from '../../core/image/preprocess.ts'
import { createWalker } from '../../core/walkers/body.ts'
import { renderWalker } from '../../core/walkers/render.ts'
import { createSession } from '../../core/walkers/session.ts'
import type { StreamLogExport } from '../page/stream-log/export.ts'
import { startCountingEdge, type CountingEdge } from './harness/counting-edge.ts'
import { startFaultProxy, type FaultProxy } from './harness/fault-proxy.ts'
import { launchChromium } from './harness/launch-chromium.ts'
import { drivePage, type PageDriver } from './harness/page-driver.ts'
import { findStory, type Story } from './harness/story-scenes.ts'

// What a real edge's answer brings besides the answer, on the built page with the released bundle: a delta
// that is in use at once, the partition that is likely next, and word on hits that are audited. What the edge
// was told is read from its own metrics.

const root = fileURLToPath(new URL('../..', import.meta.url))
const bundleFolder = join(root, 'public/bundles/walkers')

let story: Story
let edge: CountingEdge
let proxy: FaultProxy
let browser: Browser
let context: BrowserContext
let driver: PageDriver

beforeAll(async () => {
  story = await findStory(bundleFolder, 6)
  edge = await startCountingEdge(['walkers'], join(root, 'dist'))
  proxy = await startFaultProxy(edge.origin)
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await proxy.close()
  await edge.close()
})

async function open(query: string, prepare?: () => void): Promise<void> {
  context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  const page = await context.newPage()
  if (prepare !== undefined) await page.addInitScript(prepare)
  driver = drivePage(page)
  await page.goto(`${proxy.origin}/${query}`)
  await page.getByTestId('play-demo').waitFor()
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
  await vi.waitFor(
    async () => expect(await page.locator('.invitation').textContent()).toContain('Play the demo'),
    { timeout: 30_000 },
  )
}

afterEach(async () => {
  proxy.faults.clear()
  expect(driver.complaints).toEqual([])
  await context.close()
})

/** The sum of one of the edge's counters, over all of its labels. */
async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${edge.origin}/metrics`)).text()
  const values = text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .map((line) => Number(line.split(' ').at(-1)))
  return values.reduce((sum, value) => sum + value, 0)
}

async function exportStreamLog(): Promise<StreamLogExport> {
  await driver.go('insight')
  const [download] = await Promise.all([
    driver.page.waitForEvent('download'),
    driver.page.getByTestId('export-json').click(),
  ])
  return JSON.parse(await readFile(await download.path(), 'utf8')) as StreamLogExport
}

const wholeOf = (id: string): string =>
  story.manifest.partitions.find((partition) => partition.id === id)?.whole.sha256 ?? ''
const deltas = (): string[] =>
  story.manifest.partitions.flatMap(({ delta }) => (delta === undefined ? [] : [delta.sha256]))
const partitions = (form: string) =>
  driver.page.locator(`[data-testid="cache-partition"][data-state="memory"][data-form="${form}"]`)

describe('a partition that comes in two steps', () => {
  it('answers by the delta inside the answer, then by its whole weights; hits are reported, and those audited are counted', async () => {
    // The partitions' threshold is so loose that whatever is resident hits; the generalist has its own.
    // Chance picks every hit for an audit.
    await open('?seed=3&rate=4&probes=1&threshold=5&audits=0.05', () => {
      Math.random = () => 0.001
    })
    for (const { whole } of story.manifest.partitions) proxy.faults.set(whole.sha256, 'held')
    await driver.page.getByTestId('play-demo').click()
    await driver.go('cache')
    await partitions('delta').first().waitFor({ timeout: 60_000 })
    await vi.waitFor(async () => expect(await metric('cachenet_audits_total')).toBeGreaterThan(0), {
      timeout: 60_000,
    })
    expect(await partitions('whole').count()).toBe(0)

    const { frames } = await exportStreamLog()
    const miss = frames.findIndex(({ outcome }) => outcome === 'miss')
    const next = frames.slice(miss + 1).find(({ outcome }) => outcome === 'hit')
    expect(frames[miss]?.switchedTo).toMatch(/^p\d$/)
    expect(next?.network).toBe(frames[miss]?.switchedTo)
    expect(await metric('cachenet_inline_deltas_total')).toBeGreaterThan(0)

    // Its whole weights were asked for meanwhile, and take over when they come.
    const asked = frames[miss]?.switchedTo ?? ''
    await vi.waitFor(() => expect(proxy.requests(wholeOf(asked))).toBe(1), { timeout: 100_000 })
    proxy.faults.clear()
    await driver.go('cache')
    await driver.page.locator(`[data-partition="${asked}"][data-form="whole"]`).waitFor({ timeout: 60_000 })
    expect(deltas().filter((sha256) => proxy.requests(sha256) > 0)).toEqual([])

    await driver.go('watch')
    await driver.page.getByTestId('stop').click()
    await driver.untilState('stopped')
    const { totals } = await exportStreamLog()
    expect(totals.audits).toBeGreaterThan(0)
    await vi.waitFor(async () =>
      expect(await metric('cachenet_audits_total')).toBeGreaterThanOrEqual(totals.audits),
    )
    const reported = await metric('cachenet_device_hits_total')
    expect(reported).toBeGreaterThan(0)
    expect(reported).toBeLessThanOrEqual(totals.hits)
  })

  it('is stored ahead where the edge has seen that it comes next', async () => {
    const [a, b] = story.scenes
    const { input } = story.manifest
    const session = createSession({ identity: b.walker, split: 'test', session: 0 })
    const rgb = rgbaToRgb(
      renderWalker({ walker: createWalker(b.walker), session, time: 0, size: input.width }),
    )
    // Other phones, whose streams went from one to the other.
    const api = createEdgeApi({ baseUrl: edge.origin })
    for (let phone = 0; phone < 20; phone++) {
      const { value } = await api.answerFrame(new AbortController().signal, 'walkers', rgb, {
        holds: [{ id: a.partition, form: 'whole' }],
      })
      expect(value.partition?.id).toBe(b.partition)
    }
    await open(`?demo=${a.walker}&hold=6&rate=max&probes=1`)
    const before = proxy.requests(wholeOf(b.partition))
    await driver.page.getByTestId('play-demo').click()
    await driver.untilState('ended')
    await driver.go('cache')
    await driver.page
      .locator(`[data-partition="${b.partition}"][data-state="stored"]`)
      .waitFor({ timeout: 30_000 })
    expect(proxy.requests(wholeOf(b.partition))).toBe(before + 1)
    expect((await exportStreamLog()).frames.map(({ switchedTo }) => switchedTo)).not.toContain(b.partition)
  })
})
