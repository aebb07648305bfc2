import { copyFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest'
import { createSampleBundle } from '../../../core/testing/sample-bundle.ts'
import { startEdge, type RunningEdge } from '../../../edge/start-edge.ts'
import { temporaryFolder, writeBundle } from '../../../edge/testing/bundle-folder.ts'
import { builtFolder } from './built-folder.ts'
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts'
import { launchChromium } from './launch-chromium.ts'

export const waiting = { timeout: 60_000, interval: 100 }

/** As versions did that stored whatever came with 2xx, and looked at none of it again. */
const earlierServiceWorker = `
const name = 'workbox-precache-v2-' + registration.scope
self.addEventListener('install', (event) => event.waitUntil(caches.open(name).then((cache) => cache.addAll(FILES))))
self.addEventListener('activate', (event) => event.waitUntil(clients.claim()))
self.addEventListener('fetch', (event) => {
  if (event.request.method !== 'GET' || event.request.url.includes('/api/')) return
  const wanted = event.request.mode === 'navigate' ? '/index.html' : event.request
  event.respondWith(caches.open(name).then((cache) => cache.match(wanted, { ignoreSearch: true })).then((found) => found ?? fetch(event.request)))
})`

/** What an earlier version may keep a maintenance page in place of. */
const spoiledFiles = {
  'the page': /index\.html/,
  'its main script': /assets\/index-.*\.js/,
  'the kernels': /assets\/tfjs-backend-wasm-simd.*\.wasm/,
} as const
export type SpoiledFile = keyof typeof spoiledFiles
export type Damage = 'altered' | 'short' | 'empty'

/** The built app behind a proxy, a page for each test, and edges with two forms of one bundle. */
export interface HealsStage {
  readonly page: Page
  readonly proxy: FaultProxy
  /** The edge that has the other form of the bundle. */
  readonly otherEdge: RunningEdge
  address(): string
  untilControlled(): Promise<void>
  play(): Promise<void>
  untilAnswered(): Promise<void>
  /** An app that was installed with a maintenance page in place of a file gives way to this one. */
  expectHealed(spoiled: SpoiledFile): Promise<void>
  /** The app starts as it was built where its files lie damaged in the store. */
  expectStartedWhole(damage: Damage): Promise<void>
}

/** Sets the stage for the tests of a file. */
export function useHealsStage(): HealsStage {
  let pageFolder: string
  let edges: RunningEdge[] = []
  let cleanUp: (() => Promise<void>)[] = []
  let proxy: FaultProxy
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let image: Buffer

  async function startSampleEdge(seed: number): Promise<RunningEdge> {
    const { folder, remove } = await temporaryFolder()
    cleanUp.push(remove)
    await writeBundle(folder, await createSampleBundle({ seed }))
    const edge = await startEdge({
      port: 0,
      host: '127.0.0.1',
      threads: 1,
      bundlesFolder: folder,
      pageFolder,
    })
    edges.push(edge)
    return edge
  }

  beforeAll(async () => {
    pageFolder = await mkdtemp(join(tmpdir(), 'cachenet-heals-'))
    await cp(builtFolder, pageFolder, { recursive: true })
    await copyFile(join(pageFolder, 'sw.js'), join(pageFolder, 'sw-now.js'))
    await startSampleEdge(1)
    await startSampleEdge(2)
    proxy = await startFaultProxy(edges[0]?.origin ?? '')
    browser = await launchChromium()
    image = await sharp(Buffer.from(Array.from({ length: 768 }, (_, index) => (index * 37) % 256)), {
      raw: { width: 16, height: 16, channels: 3 },
    })
      .png()
      .toBuffer()
  })

  afterAll(async () => {
    await browser.close()
    await proxy.close()
    await Promise.all([
      ...edges.map((edge) => edge.close()),
      ...cleanUp.map((remove) => remove()),
      rm(pageFolder, { recursive: true, force: true }),
    ])
    edges = []
    cleanUp = []
  })

  beforeEach(async () => {
    proxy.upstream = edges[0]?.origin ?? ''
    await copyFile(join(pageFolder, 'sw-now.js'), join(pageFolder, 'sw.js'))
    context = await browser.newContext()
    page = await context.newPage()
  })

  afterEach(async () => {
    proxy.faults.clear()
    await context.close()
  })

  const address = (): string => `${proxy.origin}/?bundle=sample&threshold=0&probes=1`
  const untilControlled = async (): Promise<void> => {
    await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated', undefined, {
      timeout: 30_000,
    })
  }
  const play = (): Promise<void> =>
    page.getByTestId('images-input').setInputFiles(
      Array.from({ length: 3 }, (_, index) => ({
        name: `${index}.png`,
        mimeType: 'image/png',
        buffer: image,
      })),
    )
  const outcome = (): Promise<string | null> =>
    page
      .getByTestId('answer-badge')
      .getAttribute('data-outcome', { timeout: 1_000 })
      .catch(() => null)
  async function untilAnswered(): Promise<void> {
    await vi.waitFor(async () => {
      await play()
      await vi.waitFor(
        async () =>
          expect(await page.getByTestId('stream-state').getAttribute('data-state', { timeout: 1_000 })).toBe(
            'ended',
          ),
        { timeout: 5_000 },
      )
      expect(await outcome()).toBe('miss')
    }, waiting)
  }

  async function installEarlier(spoiled: string): Promise<void> {
    const html = await readFile(join(pageFolder, 'index.html'), 'utf8')
    const assets = [...html.matchAll(/\/assets\/[^"]+/g)].map(([path]) => path)
    const files = ['/index.html', ...assets, spoiled].filter(
      (path, index, all) => all.indexOf(path) === index,
    )
    await writeFile(join(pageFolder, 'sw.js'), earlierServiceWorker.replace('FILES', JSON.stringify(files)))
    await page.goto(`${proxy.origin}/icons/icon.svg`)
    proxy.faults.set(spoiled, 'login-page')
    await page.evaluate(async () => {
      await navigator.serviceWorker.register('/sw.js')
      await navigator.serviceWorker.ready
    })
    proxy.faults.clear()
    await copyFile(join(pageFolder, 'sw-now.js'), join(pageFolder, 'sw.js'))
  }

  return {
    get page() {
      return page
    },
    get proxy() {
      return proxy
    },
    get otherEdge() {
      const [, other] = edges
      if (other === undefined) throw new RangeError('There are two edges while tests run.')
      return other
    },
    address,
    untilControlled,
    play,
    untilAnswered,
    async expectHealed(spoiled) {
      const listed = [
        ...(await readFile(join(pageFolder, 'sw-now.js'), 'utf8')).matchAll(/"url":"([^"]+)"/g),
      ].map(([, url]) => `/${url ?? ''}`)
      await installEarlier(listed.find((url) => spoiledFiles[spoiled].test(url)) ?? '')
      await page.goto(address())
      // Browsers look for another version by themselves after a navigation, but under a debugger they put it
      // off.
      await page.evaluate(async () => {
        await (await navigator.serviceWorker.getRegistration())?.update()
      })
      await vi.waitFor(
        async () =>
          expect(
            await page.evaluate(async () =>
              (await caches.keys()).filter((name) => name.startsWith('workbox')),
            ),
          ).toEqual([]),
        waiting,
      )
      await page.getByTestId('images-input').waitFor({ state: 'attached', timeout: 30_000 })
      await untilAnswered()
    },
    async expectStartedWhole(damage) {
      await page.goto(address())
      await untilControlled()
      const spoil = (): Promise<void> =>
        page.evaluate(async (kind) => {
          const cache = await caches.open('cachenet-app-v1')
          for (const key of await cache.keys()) {
            const stored = await cache.match(key)
            const bytes = new Uint8Array((await stored?.arrayBuffer()) ?? new ArrayBuffer(0))
            bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
            await cache.put(
              key,
              new Response(
                kind === 'empty' ? '' : kind === 'short' ? bytes.subarray(0, bytes.length >> 1) : bytes,
                { headers: stored?.headers ?? {} },
              ),
            )
          }
        }, damage)
      await spoil()
      await page.goto(address())
      await untilAnswered()
    },
  }
}
