import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSampleBundle } from '../../core/testing/sample-bundle.ts'
import { apiPaths } from '../../core/wire/frames.ts'
import { startEdge, type RunningEdge } from '../../edge/start-edge.ts'
import { temporaryFolder, writeBundle } from '../../edge/testing/bundle-folder.ts'
import { builtFolder } from './harness/built-folder.ts'
import { launchChromium } from './harness/launch-chromium.ts'
import { startFaultProxy, type FaultProxy } from './harness/fault-proxy.ts'

// The product as it is built: what is in it, what of it is stored on a device, and that this is all that it
// needs to start.

let edge: RunningEdge
let proxy: FaultProxy
let browser: Browser
let context: BrowserContext
let page: Page
let removeBundles: () => Promise<void>

beforeAll(async () => {
  const { folder, remove } = await temporaryFolder()
  removeBundles = remove
  await writeBundle(folder, await createSampleBundle())
  edge = await startEdge({
    port: 0,
    host: '127.0.0.1',
    threads: 1,
    bundlesFolder: folder,
    pageFolder: builtFolder,
  })
  proxy = await startFaultProxy(edge.origin)
  browser = await launchChromium()
  context = await browser.newContext()
  page = await context.newPage()
})

afterAll(async () => {
  await browser.close()
  await proxy.close()
  await edge.close()
  await removeBundles()
})

describe('the built app', () => {
  it('holds the page, its workers and WebAssembly files for one thread and for more, and no released bundle', async () => {
    const files = (await readdir(builtFolder, { recursive: true, withFileTypes: true }))
      .filter((file) => file.isFile())
      .map(({ name }) => name)
    expect(files.filter((name) => name.endsWith('.wasm')).sort()).toEqual([
      expect.stringMatching(/^frame-plain-/),
      expect.stringMatching(/^frame-relaxed-/),
      expect.stringMatching(/^tfjs-backend-wasm-simd-/),
      expect.stringMatching(/^tfjs-backend-wasm-threaded-simd-/),
    ])
    expect(files).toEqual(
      expect.arrayContaining([
        'index.html',
        'sw.js',
        'manifest.webmanifest',
        'icon-maskable-512.png',
        'apple-touch-icon.png',
      ]),
    )
    expect(files.filter((name) => name.endsWith('.bin') || name === 'manifest.json')).toEqual([])
  })

  it('has no script and no style within its HTML, which the content security policy forbids', async () => {
    const html = await readFile(join(builtFolder, 'index.html'), 'utf8')
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/)
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/)
  })

  it('has icons for every use that the web manifest names', async () => {
    const manifest = JSON.parse(await readFile(join(builtFolder, 'manifest.webmanifest'), 'utf8')) as {
      id: string
      start_url: string
      scope: string
      icons: { src: string; sizes: string; purpose: string }[]
    }
    expect(manifest).toMatchObject({ id: '/', start_url: '/', scope: '/' })
    expect(manifest.icons.map(({ sizes, purpose }) => `${purpose} ${sizes}`)).toEqual(
      expect.arrayContaining(['any 192x192', 'any 512x512', 'maskable 192x192', 'maskable 512x512']),
    )
    for (const { src } of manifest.icons)
      expect((await readFile(join(builtFolder, src))).byteLength).toBeGreaterThan(0)
  })
})

describe('the built app in a browser', () => {
  it('starts with no edge at all from what its first visit has stored', async () => {
    await page.goto(proxy.origin)
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready
      if (navigator.serviceWorker.controller === null) {
        await new Promise((resolve) =>
          navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
        )
      }
    })
    // Frames pass by the service worker; the browser says so of each request.
    const route = await page.evaluate(async (path) => {
      await (await fetch(path, { method: 'POST', body: new Uint8Array(1) })).arrayBuffer()
      const [entry] = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith(path))
      return (entry?.toJSON() as { workerMatchedSourceType?: string } | undefined)?.workerMatchedSourceType
    }, apiPaths.frames('sample'))
    expect(route).toBe('network')
    await proxy.goOffline()

    const failed: string[] = []
    const fromNetwork: string[] = []
    page.on('requestfailed', (request) => failed.push(request.url()))
    page.on('response', (response) => {
      if (!response.fromServiceWorker()) fromNetwork.push(response.url())
    })
    await page.goto(`${proxy.origin}/?started=offline`)
    await page.locator('#page > *').first().waitFor({ timeout: 20_000 })
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
    const shell = (urls: readonly string[]): string[] =>
      urls.filter((url) => !url.includes('/api/') && url.startsWith(proxy.origin))
    expect(shell(failed)).toEqual([])
    expect(shell(fromNetwork)).toEqual([])

    // Workers and WebAssembly may not have been asked for yet: everything that the build made has to be
    // there, but what more threads than one need.
    const assets = await readdir(join(builtFolder, 'assets'))
    const sizes = await page.evaluate(
      (names) =>
        Promise.all(
          names.map(async (name) => (await (await fetch(`/assets/${name}`)).arrayBuffer()).byteLength),
        ),
      assets.filter((name) => !name.endsWith('.map') && !/thread/.test(name)),
    )
    expect(Math.min(...sizes)).toBeGreaterThan(0)
  })
})
