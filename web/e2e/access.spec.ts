import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { fragmentOfToken } from '../../core/client/token-in-fragment.ts'
import { apiPaths } from '../../core/wire/frames.ts'
import { startEdge, type RunningEdge } from '../../edge/start-edge.ts'
import { launchChromium } from './harness/launch-chromium.ts'
import { drivePage, type PageDriver } from './harness/page-driver.ts'

// An edge that is not for everybody, on the built page: what its QR code hands over lets in page, service
// worker and frames.

const root = fileURLToPath(new URL('../..', import.meta.url))
const token = 'a+b/c=d-0123456789'
const query = '?demo=1,8&hold=6&rate=max&probes=1'

let edge: RunningEdge
let requests: { readonly request: string; readonly status: number }[]
let browser: Browser
let context: BrowserContext
let driver: PageDriver

beforeAll(async () => {
  edge = await startEdge({
    port: 0,
    host: '127.0.0.1',
    threads: 1,
    bundlesFolder: join(root, 'public/bundles'),
    pageFolder: join(root, 'dist'),
    defaultBundle: 'walkers',
    stopTimeoutMs: 1000,
    access: { token },
    onRequest: ({ method, path, status }) => requests.push({ request: `${method} ${path}`, status }),
  })
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await edge.close()
})

beforeEach(async () => {
  requests = []
  context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  driver = drivePage(await context.newPage())
})

afterEach(async () => {
  expect(driver.complaints).toEqual([])
  await context.close()
})

const api = (): typeof requests => requests.filter(({ request }) => request.includes(' /api/'))
const refused = (): typeof requests => api().filter(({ status }) => status === 401)

async function playToTheEnd(): Promise<void> {
  await driver.page.getByTestId('play-demo').click()
  await driver.untilState('ended')
}

describe('an edge with an access token', () => {
  it('lets in who opens the address of its QR code, also a later visit without the token in the address', async () => {
    const { page } = driver
    await page.goto(`${edge.origin}/${query}${fragmentOfToken(token)}`)
    await page.getByTestId('play-demo').waitFor()
    await vi.waitFor(() => expect(page.url()).toBe(`${edge.origin}/${query}`))
    await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
    await playToTheEnd()
    // Nothing was asked for before the session was open.
    expect(api()[0]).toEqual({ request: `POST ${apiPaths.session}`, status: 204 })
    expect(refused()).toEqual([])
    expect(api()).toContainEqual({ request: `POST ${apiPaths.frames('walkers')}`, status: 200 })
    expect(await page.evaluate(() => document.cookie)).toBe('')
    await vi.waitFor(
      async () =>
        expect(
          await page.evaluate(
            async () => (await (await caches.open('cachenet-partitions-v1')).keys()).length,
          ),
        ).toBeGreaterThan(1),
      { timeout: 30_000 },
    )

    // The service worker's own downloads are let in by the cookie.
    await driver.go('cache')
    await page.getByTestId('clear-cache').click()
    requests = []
    await page.goto(`${edge.origin}/${query}`)
    await page.getByTestId('play-demo').waitFor()
    await playToTheEnd()
    await vi.waitFor(
      () =>
        expect(
          api().filter(({ request, status }) => request.includes('/blobs/') && status === 200),
        ).not.toEqual([]),
      { timeout: 30_000 },
    )
    expect(refused()).toEqual([])
  })

  it('says what to do where nobody has the token, and takes it under Settings', async () => {
    const { page } = driver
    await page.goto(`${edge.origin}/${query}`)
    const invitation = page.locator('.invitation')
    await vi.waitFor(async () => expect(await invitation.textContent()).toContain('unauthorized'), {
      timeout: 30_000,
    })
    expect(await invitation.textContent()).toMatch(/Scan the QR code.*Settings/)
    await driver.expectAccessible()
    await page.screenshot({ path: join(root, 'test-results/screens/token-wanted.png') })
    await driver.go('settings')
    await page.getByTestId('edge-token').fill('wrong')
    await page.getByTestId('edge-token').blur()
    await vi.waitFor(() => expect(api()).toContainEqual({ request: `POST ${apiPaths.session}`, status: 401 }))
    await page.getByTestId('edge-token').fill(token)
    await page.getByTestId('edge-token').blur()
    await driver.go('watch')
    await vi.waitFor(async () => expect(await invitation.textContent()).toContain('Play the demo'), {
      timeout: 30_000,
    })
    await playToTheEnd()
    expect(api()).toContainEqual({ request: `POST ${apiPaths.frames('walkers')}`, status: 200 })
  })
})
