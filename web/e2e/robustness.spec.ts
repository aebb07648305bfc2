import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { apiPaths } from '../../core/wire/frames.ts'
import { startCountingEdge, type CountingEdge } from './harness/counting-edge.ts'
import { startFaultProxy, type FaultProxy } from './harness/fault-proxy.ts'
import { launchChromium } from './harness/launch-chromium.ts'
import { drivePage, type PageDriver } from './harness/page-driver.ts'

// What goes wrong around a stream that goes on: the edge, the worker, the service worker, the storage, and a
// new version of the app.

const root = fileURLToPath(new URL('../..', import.meta.url))
const framesPath = apiPaths.frames('walkers')

let pageFolder: string
let edge: CountingEdge
let proxy: FaultProxy
let browser: Browser
let context: BrowserContext
let driver: PageDriver

beforeAll(async () => {
  pageFolder = await mkdtemp(join(tmpdir(), 'cachenet-page-'))
  await cp(join(root, 'dist'), pageFolder, { recursive: true })
  edge = await startCountingEdge(['walkers'], pageFolder)
  proxy = await startFaultProxy(edge.origin)
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await proxy.close()
  await edge.close()
  await rm(pageFolder, { recursive: true, force: true })
})

async function open(query: string, options: BrowserContextOptions = {}, prepare?: () => void): Promise<void> {
  context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...options })
  const page = await context.newPage()
  if (prepare !== undefined) await page.addInitScript(prepare)
  driver = drivePage(page)
  await page.goto(`${proxy.origin}/${query}`)
  await page.getByTestId('play-demo').waitFor()
}

afterEach(async () => {
  proxy.faults.clear()
  expect(driver.complaints).toEqual([])
  await context.close()
})

describe('a stream goes on', () => {
  it('while the edge is silent: what is uncertain shows at once, and the edge is asked again by itself when it is back', async () => {
    await open('?seed=3&rate=15&threshold=0')
    await driver.untilControlled()
    proxy.faults.set(framesPath, 'silent')
    await driver.playDemo()
    await driver.expectGoingOn(30)
    await vi.waitFor(
      async () =>
        expect(await driver.page.getByTestId('edge-state').getAttribute('data-state')).toBe('offline'),
      { timeout: 30_000 },
    )
    await driver.untilNotice('edge')
    await driver.expectAccessible()
    expect(['uncertain', 'pending']).toContain(await driver.outcome())
    proxy.faults.clear()
    await vi.waitFor(async () => expect(await driver.outcome()).toBe('miss'), {
      timeout: 60_000,
      interval: 20,
    })
    expect(await driver.state()).toBe('playing')
  })

  it('when the inference worker crashes, with a notice', async () => {
    // Networks this small move to the page after a few frames, and leave the worker that is to break.
    await open('?seed=3&rate=15&engine=worker')
    await driver.playDemo()
    const worker = driver.page.workers().find((candidate) => candidate.url().includes('/assets/'))
    await worker?.evaluate(
      () =>
        void setTimeout(() => {
          throw new Error('broken by a test')
        }),
    )
    await driver.untilNotice('worker')
    await driver.expectGoingOn()
    driver.complaints.length = 0
  })

  it('when the browser ends the service worker', async () => {
    await open('?seed=3&rate=15&cache=1')
    await driver.untilControlled()
    await driver.playDemo()
    const session = await context.newCDPSession(driver.page)
    await session.send('ServiceWorker.enable')
    for (let round = 0; round < 3; round++) {
      await session.send('ServiceWorker.stopAllWorkers')
      await driver.expectGoingOn(15)
    }
    await driver.go('cache')
    // The screen's code comes when it is first opened.
    await driver.page.getByTestId('cache-partition').first().waitFor()
    expect(await driver.page.getByTestId('cache-partition').count()).toBe(4)
  })

  it('when the device is full: from memory, with a notice', async () => {
    await open('?demo=1,8,16,5,11&hold=6&rate=max&cache=2&probing=recent-first')
    await driver.untilControlled()
    const session = await context.newCDPSession(driver.page)
    await session.send('Storage.overrideQuotaForOrigin', { origin: proxy.origin, quotaSize: 1 })
    await driver.page.getByTestId('play-demo').click()
    await driver.untilState('ended')
    expect(await driver.frames()).toBe(30)
    await driver.untilNotice('storage')
    await driver.expectAccessible()
  })

  it('without service worker, Cache Storage and IndexedDB: from memory, with a notice', async () => {
    await open('?demo=1,8,1&hold=6&rate=max&cache=2&probing=recent-first', {}, () => {
      for (const name of ['caches', 'indexedDB', 'localStorage'])
        Object.defineProperty(globalThis, name, {
          get: () => {
            throw new DOMException('denied', 'SecurityError')
          },
        })
      Object.defineProperty(Navigator.prototype, 'serviceWorker', { get: () => undefined })
    })
    await driver.page.getByTestId('play-demo').click()
    await driver.untilState('ended')
    expect(await driver.frames()).toBe(18)
    await driver.untilNotice('memory-only')
    await driver.go('cache')
    await driver.page.locator('[data-testid="cache-partition"][data-state="memory"]').first().waitFor()
    await driver.expectAccessible()
  })

  it('on a slow network: the page is there before the networks are', async () => {
    proxy.faults.set('/blobs/', 'slow')
    await open('?seed=3&rate=15')
    expect(await driver.page.getByTestId('play-demo').isEnabled()).toBe(true)
    await driver.go('settings')
    await driver.go('watch')
    await driver.playDemo()
    await driver.expectGoingOn()
  })
})

describe('a gate that asks the generalist alone', () => {
  it.each([
    ['says why no partition is here', '', 1],
    ['has nothing to explain where partitions are asked', '&probing=recent-first', 0],
  ])('%s', async (_, probing, sentences) => {
    await open(`?seed=3&rate=15&cache=2${probing}`)
    await driver.untilControlled()
    await driver.playDemo()
    await driver.expectGoingOn()
    await driver.page.getByRole('link', { name: 'Cache' }).click()
    await driver.page.getByTestId('cache-summary').waitFor()
    await vi.waitFor(
      async () => expect(await driver.page.getByTestId('none-wanted').count()).toBe(sentences),
      { timeout: 10_000 },
    )
  })
})

describe('a new version of the app', () => {
  it('waits until nothing plays, then asks, and leaves what is cached', async () => {
    await open('?seed=3&rate=15&cache=2&probing=recent-first')
    await driver.untilControlled()
    await driver.playDemo()
    await vi.waitFor(
      async () =>
        expect(
          await driver.page.evaluate(
            async () => (await (await caches.open('cachenet-partitions-v1')).keys()).length,
          ),
        ).toBeGreaterThan(1),
      { timeout: 30_000 },
    )
    await driver.page.evaluate(() => void Object.assign(globalThis, { isOldPage: true }))
    await appendFile(join(pageFolder, 'sw.js'), '\n// another version\n')
    await driver.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration()
      await registration?.update()
    })
    await driver.page.waitForFunction(
      async () => (await navigator.serviceWorker.getRegistration())?.waiting !== null,
    )
    await driver.expectGoingOn()
    const prompt = driver.page.locator('[data-testid="notice"][data-about="update"]')
    expect(await prompt.count()).toBe(0)
    expect(await driver.page.evaluate(() => 'isOldPage' in globalThis)).toBe(true)

    await driver.page.getByTestId('stop').click()
    await driver.untilNotice('update')
    await driver.expectAccessible()
    await Promise.all([
      driver.page.waitForEvent('load'),
      prompt.getByRole('button', { name: 'Use it now' }).click(),
    ])
    await driver.page.getByTestId('play-demo').waitFor()
    expect(await driver.page.evaluate(() => 'isOldPage' in globalThis)).toBe(false)
    expect(
      await driver.page.evaluate(
        async () => (await (await caches.open('cachenet-partitions-v1')).keys()).length,
      ),
    ).toBeGreaterThan(1)
    await driver.playDemo()
  })

  it('that is taken in one window leaves the stream of another alone, and what it has shown', async () => {
    await open('?seed=3&rate=15')
    await driver.untilControlled()
    await driver.playDemo()
    await driver.page.evaluate(() => void Object.assign(globalThis, { isOldPage: true }))
    const other = await context.newPage()
    await other.goto(`${proxy.origin}/`)
    await other.getByTestId('play-demo').waitFor()
    await appendFile(join(pageFolder, 'sw.js'), '\n// yet another version\n')
    await other.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration()
      await registration?.update()
    })
    const takeIt = other
      .locator('[data-testid="notice"][data-about="update"]')
      .getByRole('button', { name: 'Use it now' })
    await Promise.all([other.waitForEvent('load'), takeIt.click()])
    await driver.expectGoingOn(20)
    const prompt = driver.page.locator('[data-testid="notice"][data-about="update"]')
    expect(await prompt.count()).toBe(0)
    await driver.page.getByTestId('stop').click()
    await prompt.waitFor()
    expect(await driver.page.evaluate(() => 'isOldPage' in globalThis)).toBe(true)
    expect(await driver.frames()).toBeGreaterThan(20)
    await Promise.all([
      driver.page.waitForEvent('load'),
      prompt.getByRole('button', { name: 'Load it now' }).click(),
    ])
    await driver.page.getByTestId('play-demo').waitFor()
    await other.close()
  })
})
