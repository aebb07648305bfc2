import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startCountingEdge, type CountingEdge } from './harness/counting-edge.ts'
import { startFaultProxy, type FaultProxy } from './harness/fault-proxy.ts'
import { launchChromium } from './harness/launch-chromium.ts'
import { drivePage, type PageDriver } from './harness/page-driver.ts'

// Networks on two threads, chosen while a stream goes on. A machine with one core has no choice to offer.

const root = fileURLToPath(new URL('../..', import.meta.url))
const files = ['main-threaded-', 'kernel-thread-', 'tfjs-backend-wasm-threaded-simd-']

let pageFolder: string
let edge: CountingEdge
let proxy: FaultProxy
let browser: Browser
let context: BrowserContext
let driver: PageDriver

beforeAll(async () => {
  pageFolder = await mkdtemp(join(tmpdir(), 'cachenet-threads-'))
  await cp(join(root, 'dist'), pageFolder, { recursive: true })
  edge = await startCountingEdge(['walkers'], pageFolder)
  browser = await launchChromium()
})
beforeEach(async () => {
  proxy = await startFaultProxy(edge.origin)
})
afterEach(async () => {
  expect(driver.complaints).toEqual([])
  await context.close()
  await proxy.close()
})
afterAll(async () => {
  await browser.close()
  await edge.close()
  await rm(pageFolder, { recursive: true, force: true })
})

async function open(query: string, origin = proxy.origin): Promise<void> {
  context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  const page = await context.newPage()
  driver = drivePage(page)
  await page.goto(`${origin}/${query}`)
  await page.getByTestId('play-demo').waitFor()
}

const threads = (): Promise<string | null> =>
  driver.page.getByTestId('threads-running').getAttribute('data-threads')
const untilThreads = (wanted: number): Promise<void> =>
  vi.waitFor(async () => expect(await threads()).toBe(String(wanted)), { timeout: 30_000, interval: 50 })
const stored = (): Promise<string[]> =>
  driver.page.evaluate(async () =>
    (await (await caches.open('cachenet-threads')).keys()).map(({ url }) => url),
  )
/** Worker, glue, a thread's script, WebAssembly. */
const untilStored = (): Promise<void> =>
  vi.waitFor(async () => expect(await stored()).toHaveLength(4), { timeout: 30_000, interval: 100 })
const asked = (): boolean[] => files.map((file) => proxy.requests(file) > 0)

describe.skipIf(availableParallelism() < 2)('two threads', () => {
  it('are begun while the demo plays on, and are there again after a reload without a network', async () => {
    await open('?seed=3&rate=15')
    await driver.untilControlled()
    await driver.playDemo()
    // Not a byte of them before they are wanted.
    expect(asked()).toEqual([false, false, false])
    await driver.go('settings')
    await driver.expectAccessible()
    expect(await threads()).toBe('1')
    await driver.page.getByTestId('threads').selectOption('2')
    await untilThreads(2)
    expect(asked()).toEqual([true, true, true])
    await driver.expectAccessible()
    await driver.expectNoOverflow()
    await driver.go('watch')
    await driver.expectGoingOn(20)
    expect(await driver.page.locator('[data-testid="notice"]').count()).toBe(0)
    expect(driver.page.workers().filter((worker) => worker.url().includes('main-threaded'))).toHaveLength(1)

    await untilStored()
    await proxy.goOffline()
    await driver.page.reload()
    await driver.playDemo()
    await driver.expectGoingOn(20)
    expect(
      await driver.page.getByTestId('notice').and(driver.page.locator('[data-about="threads"]')).count(),
    ).toBe(0)
    await driver.go('settings')
    expect(await driver.page.getByTestId('threads').inputValue()).toBe('2')
    expect(await threads()).toBe('2')
    // And back, still without a network.
    await driver.page.getByTestId('threads').selectOption('1')
    await untilThreads(1)
    await driver.go('watch')
    await driver.expectGoingOn()
  })

  it('come with a new version of the app where they were used, and only that version’s', async () => {
    await open('?seed=3&rate=15&threads=2')
    await driver.untilControlled()
    await driver.page.reload()
    await untilStored()
    const before = await stored()
    // As if the next version had another file in the place of one.
    await driver.page.evaluate(async (url) => {
      const cache = await caches.open('cachenet-threads')
      await cache.delete(url)
      await cache.put(`${url}?another-version`, new Response(''))
    }, before[0] ?? '')
    await appendFile(join(pageFolder, 'sw.js'), '\n// another version\n')
    await driver.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration()
      await registration?.update()
    })
    await driver.untilNotice('update')
    await Promise.all([
      driver.page.waitForEvent('load'),
      driver.page.getByRole('button', { name: 'Use it now' }).click(),
    ])
    await untilStored()
    expect((await stored()).sort()).toEqual(before.sort())
  })

  it('can be asked for in the address, and then one thread is not begun first', async () => {
    await open('?seed=3&rate=15&threads=2')
    await driver.playDemo()
    expect(proxy.requests('assets/tfjs-backend-wasm-simd')).toBeLessThanOrEqual(1)
    expect(driver.page.workers().filter((worker) => /assets\/main-[^t]/.test(worker.url()))).toEqual([])
    await driver.go('settings')
    expect(await threads()).toBe('2')
  })

  it('are given up with a notice where something else comes in the place of what they need; the stream goes on', async () => {
    await open('?seed=3&rate=15')
    await driver.playDemo()
    proxy.faults.set('tfjs-backend-wasm-threaded-simd-', 'login-page')
    await driver.go('settings')
    await driver.page.getByTestId('threads').selectOption('2')
    await driver.untilNotice('threads')
    await driver.expectAccessible()
    expect(await driver.page.getByTestId('threads').inputValue()).toBe('1')
    expect(await threads()).toBe('1')
    await driver.go('watch')
    await driver.expectGoingOn()
    proxy.faults.clear()
  })

  it('at the start too, where what they need hangs: the page opens on one', async () => {
    proxy.faults.set('kernel-thread-', 'held')
    await open('?seed=3&rate=15&threads=2')
    await driver.playDemo()
    await driver.untilNotice('threads')
    await driver.expectGoingOn()
    proxy.faults.clear()
  })
})

it('a page that is not isolated says why there is one thread only', async () => {
  await open('', proxy.origin.replace('127.0.0.1', 'edge.test'))
  await driver.go('settings')
  expect(await driver.page.getByTestId('threads-unavailable').textContent()).toContain('https://')
  await driver.expectAccessible()
})
