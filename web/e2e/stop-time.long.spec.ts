import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { apiPaths } from '../../core/wire/frames.ts'
import { startEdge, type RunningEdge } from '../../edge/start-edge.ts'
import { temporaryFolder } from '../../edge/testing/bundle-folder.ts'
import { startFaultProxy, type FaultProxy } from './harness/fault-proxy.ts'
import { launchChromium } from './harness/launch-chromium.ts'
import { drivePage, type PageDriver } from './harness/page-driver.ts'
import { writeTemperedBundle } from './harness/tempered-bundle.ts'

// Stop works within 100 ms, whatever plays and wherever the networks run. Asserts a time, and so wants a
// machine of its own. Needs a built page.

const pageFolder = join(fileURLToPath(new URL('../..', import.meta.url)), 'dist')
const limitMs = 100
const rounds = 10

let edge: RunningEdge
let proxy: FaultProxy
let browser: Browser
let context: BrowserContext
let driver: PageDriver
let removeBundles: () => Promise<void>

beforeAll(async () => {
  const { folder, remove } = await temporaryFolder()
  removeBundles = remove
  for (const id of ['sure', 'unsure'] as const) await writeTemperedBundle(folder, id)
  edge = await startEdge({ port: 0, host: '127.0.0.1', bundlesFolder: folder, pageFolder })
  proxy = await startFaultProxy(edge.origin)
  browser = await launchChromium()
})
afterEach(async () => {
  proxy.faults.clear()
  expect(driver.complaints).toEqual([])
  await context.close()
})
afterAll(async () => {
  await browser.close()
  await proxy.close()
  await edge.close()
  await removeBundles()
})

/** From the tap on Stop to the page saying so and having drawn it, in milliseconds. */
const timeToStop = (): Promise<number> =>
  driver.page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const state = document.querySelector('[data-testid="stream-state"]')
        const stop = document.querySelector<HTMLElement>('[data-testid="stop"]')
        if (state === null || stop === null) throw new Error('Nothing plays.')
        // A tap waits for its turn as any other task does.
        const tappedAt = performance.now()
        setTimeout(() => stop.click(), 0)
        new MutationObserver((_, observer) => {
          if (state.getAttribute('data-state') !== 'stopped') return
          observer.disconnect()
          requestAnimationFrame(() => resolve(performance.now() - tappedAt))
        }).observe(state, { attributes: true })
      }),
  )

describe.each([
  ['in the page', ''],
  ['on two threads of their own', '&threads=2'],
])('with the networks %s', (_, place) => {
  it.each([
    ['of hits only', 'sure', undefined],
    ['whose misses a slow edge answers', 'unsure', 'slow'],
    ['whose miss an edge keeps', 'unsure', 'held'],
  ] as const)('stops a stream %s within 100 ms, as many frames as go', async (_stream, bundle, fault) => {
    context = await browser.newContext({ viewport: { width: 390, height: 844 } })
    driver = drivePage(await context.newPage())
    await driver.page.goto(`${proxy.origin}/?seed=3&rate=max&bundle=${bundle}${place}`)
    const times: number[] = []
    for (let round = 0; round < rounds; round++) {
      if (fault !== undefined) proxy.faults.set(apiPaths.frames(bundle), fault)
      const asked = proxy.requests(apiPaths.frames(bundle))
      await driver.page.getByTestId('play-demo').click()
      await driver.untilState('playing')
      if (fault === undefined) await driver.untilFrames(100)
      else await expect.poll(() => proxy.requests(apiPaths.frames(bundle))).toBeGreaterThan(asked)
      times.push(await timeToStop())
      proxy.faults.clear()
    }
    expect(Math.max(...times), times.map((time) => time.toFixed(1)).join(' ')).toBeLessThanOrEqual(limitMs)
  })
})
