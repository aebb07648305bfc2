import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest'
import { startCountingEdge, type CountingEdge } from './counting-edge.ts'
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts'
import { launchChromium } from './launch-chromium.ts'
import { drivePage, type PageDriver } from './page-driver.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const waits = { timeout: 30_000, interval: 50 }

export interface ThreadsStage {
  /** Between page and edge: it counts, and spoils what a test wants spoilt. */
  readonly proxy: FaultProxy
  readonly driver: PageDriver
  /** A copy of the built page, to be altered. */
  readonly pageFolder: string
  /** Opens the page in a browser that knows nothing yet. */
  readonly open: (query: string, origin?: string) => Promise<void>
  /** How many threads the page says its networks run on. */
  readonly threads: () => Promise<string | null>
  readonly untilThreads: (wanted: number) => Promise<void>
  /** Addresses of what is stored for threads. */
  readonly stored: () => Promise<string[]>
  readonly untilStored: () => Promise<void>
}

/** The built page behind a proxy, for the tests of a file. After each the page has nothing to complain of. */
export function useThreadsStage(): ThreadsStage {
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

  const threads: ThreadsStage['threads'] = () =>
    driver.page.getByTestId('threads-running').getAttribute('data-threads')
  const stored: ThreadsStage['stored'] = () =>
    driver.page.evaluate(async () =>
      (await (await caches.open('cachenet-threads')).keys()).map(({ url }) => url),
    )
  return {
    get proxy() {
      return proxy
    },
    get driver() {
      return driver
    },
    get pageFolder() {
      return pageFolder
    },
    async open(query, origin = proxy.origin) {
      context = await browser.newContext({ viewport: { width: 390, height: 844 } })
      const page = await context.newPage()
      driver = drivePage(page)
      await page.goto(`${origin}/${query}`)
      await page.getByTestId('play-demo').waitFor()
    },
    threads,
    untilThreads: (wanted) => vi.waitFor(async () => expect(await threads()).toBe(String(wanted)), waits),
    stored,
    // Worker, glue, a thread's script, WebAssembly.
    untilStored: () => vi.waitFor(async () => expect(await stored()).toHaveLength(4), waits),
  }
}
