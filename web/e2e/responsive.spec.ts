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

// Whatever plays, and however fast: the page takes clicks and paints.

const pageFolder = join(fileURLToPath(new URL('../..', import.meta.url)), 'dist')
/**
 * A tap is to be answered within so many turns of a timer of the page, of 4 ms where nobody else is at work:
 * 100 ms. Turns are counted and not milliseconds, since a busy machine gives the whole page fewer of them;
 * `stop-time.long.spec.ts` has the milliseconds.
 */
const stopLimitTurns = 25

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

afterAll(async () => {
  await browser.close()
  await proxy.close()
  await edge.close()
  await removeBundles()
})

afterEach(async () => {
  proxy.faults.clear()
  expect(driver.complaints).toEqual([])
  await context.close()
})

async function open(query: string): Promise<void> {
  context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  driver = drivePage(await context.newPage())
  await driver.page.goto(`${proxy.origin}/${query}`)
  await driver.page.getByTestId('play-demo').waitFor()
}

/** From the tap on Stop to the page saying so, in turns of a timer of the page. */
const turnsToStop = (): Promise<number> =>
  driver.page.evaluate(async () => {
    const state = document.querySelector('[data-testid="stream-state"]')
    const stop = document.querySelector<HTMLElement>('[data-testid="stop"]')
    if (stop === null) throw new Error('Nothing plays.')
    stop.click()
    let turns = 0
    for (; state?.getAttribute('data-state') !== 'stopped'; turns++)
      await new Promise((resolve) => setTimeout(resolve, 4))
    return turns
  })

describe('a stream of as many frames as go', () => {
  it('whose frames are all hits leaves the page alive when it is turned up in the settings', async () => {
    await open('?seed=3&bundle=sure')
    await driver.playDemo()
    await driver.go('settings')
    await driver.page.getByTestId('rate').selectOption('max')
    await driver.go('watch')
    await driver.expectGoingOn(300)
    expect(await driver.outcome()).toBe('hit')
    // Everything else has its turn: pictures, timers, the other screens.
    await driver.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
    await driver.go('insight')
    await driver.go('watch')
    expect(await turnsToStop()).toBeLessThanOrEqual(stopLimitTurns)
  })

  it.each(['', '&demo=1,2,3,4&hold=2000'])(
    'stops at once while the edge keeps a frame (%s)',
    async (script) => {
      await open(`?seed=3&bundle=unsure&threshold=0&rate=max${script}`)
      proxy.faults.set(apiPaths.frames('unsure'), 'held')
      // Of the streams before.
      const asked = proxy.requests(apiPaths.frames('unsure'))
      await driver.page.getByTestId('play-demo').click()
      await expect.poll(() => proxy.requests(apiPaths.frames('unsure'))).toBeGreaterThan(asked)
      expect(await turnsToStop()).toBeLessThanOrEqual(stopLimitTurns)
    },
  )
})
