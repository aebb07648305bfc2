import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { startEdge, type RunningEdge } from '../../../edge/start-edge.ts'
import { temporaryFolder } from '../../../edge/testing/bundle-folder.ts'
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts'
import { launchChromium, type LaunchOptions } from './launch-chromium.ts'
import { drivePage, type PageDriver } from './page-driver.ts'
import { temperatures, writeTemperedBundle } from './tempered-bundle.ts'

export interface TemperedStage {
  readonly proxy: FaultProxy
  readonly driver: PageDriver
  /** Opens the built page in a browser that knows nothing yet. */
  open(query: string): Promise<void>
}

/** Ids of bundles that the edge learns places for. */
export type TemperedStageOptions = LaunchOptions & { readonly learns?: readonly string[] }

const pageFolder = join(fileURLToPath(new URL('../../..', import.meta.url)), 'dist')

/**
 * The built page, and an edge with bundles that are certain of everything or of nothing, for the tests of a
 * file. After each test the page has nothing to complain of.
 */
export function useTemperedStage({ learns = [], ...options }: TemperedStageOptions = {}): TemperedStage {
  let edge: RunningEdge
  let proxy: FaultProxy
  let browser: Browser
  let context: BrowserContext
  let driver: PageDriver
  let removeBundles: () => Promise<void>

  beforeAll(async () => {
    const { folder, remove } = await temporaryFolder()
    removeBundles = remove
    for (const id of Object.keys(temperatures))
      await writeTemperedBundle(folder, id as keyof typeof temperatures)
    const learning =
      learns.length === 0
        ? undefined
        : {
            bundles: learns,
            folder: join(folder, '.places'),
            showsFrames: true,
            framesNeeded: 400,
            limits: { mostFrames: 500, mostBytes: 2 ** 24, mostAgeMs: 3_600_000 },
            trainer: join(folder, 'not-installed.ts'),
            trainLimitMs: 1000,
          }
    edge = await startEdge({
      port: 0,
      host: '127.0.0.1',
      threads: 1,
      bundlesFolder: folder,
      pageFolder,
      learning,
    })
    proxy = await startFaultProxy(edge.origin)
    browser = await launchChromium(options)
  })
  afterEach(async () => {
    proxy.faults.clear()
    if (!proxy.isOnline) await proxy.goOnline()
    expect(driver.complaints).toEqual([])
    await context.close()
  })
  afterAll(async () => {
    await browser.close()
    await proxy.close()
    await edge.close()
    await removeBundles()
  })

  return {
    get proxy() {
      return proxy
    },
    get driver() {
      return driver
    },
    async open(query) {
      context = await browser.newContext({ viewport: { width: 390, height: 844 } })
      driver = drivePage(await context.newPage())
      await driver.page.goto(`${proxy.origin}/${query}`)
      await driver.page.getByTestId('play-demo').waitFor()
    },
  }
}
