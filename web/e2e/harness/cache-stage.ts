import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest'
import type { BlobRef } from '../../../core/bundle/blob-ref.ts'
import type { Manifest } from '../../../core/bundle/manifest.ts'
import { createSampleBundle } from '../../../core/testing/sample-bundle.ts'
import { startEdge, type RunningEdge } from '../../../edge/start-edge.ts'
import { temporaryFolder, writeBundle } from '../../../edge/testing/bundle-folder.ts'
import { buildApp, type BuiltApp } from './build-app.ts'
// For its declaration of `window.harness`.
import type {} from './cache-page/main.ts'
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts'
import { launchChromium } from './launch-chromium.ts'

/**
 * A page with the partition cache and nothing else, two edges with a version each of one bundle, and between
 * page and edge a proxy that breaks what a test wants broken. A new browser context for each test of the file
 * that calls this. Its parts are read when they are needed, since each test has its own.
 */
export function useCacheStage() {
  let app: BuiltApp
  let browser: Browser
  let edges: RunningEdge[] = []
  let cleanUp: (() => Promise<void>)[] = []
  let manifest: Manifest
  let nextManifest: Manifest

  let proxy: FaultProxy
  let context: BrowserContext
  let page: Page

  async function startSampleEdge(seed: number): Promise<{ edge: RunningEdge; manifest: Manifest }> {
    const { folder, remove } = await temporaryFolder()
    const bundle = await createSampleBundle({ seed, partitions: 6 })
    await writeBundle(folder, bundle)
    const edge = await startEdge({
      port: 0,
      host: '127.0.0.1',
      threads: 1,
      bundlesFolder: folder,
      pageFolder: app.folder,
    })
    cleanUp.push(remove)
    edges.push(edge)
    return { edge, manifest: bundle.manifest }
  }

  beforeAll(async () => {
    app = await buildApp('cache-page')
    ;({ manifest } = await startSampleEdge(1))
    ;({ manifest: nextManifest } = await startSampleEdge(2))
    browser = await launchChromium()
  })

  afterAll(async () => {
    await browser.close()
    await Promise.all(edges.map((edge) => edge.close()))
    await Promise.all([app.remove(), ...cleanUp.map((remove) => remove())])
    edges = []
    cleanUp = []
  })

  beforeEach(async () => {
    proxy = await startFaultProxy(edges[0]?.origin ?? '')
    context = await browser.newContext()
    page = await context.newPage()
    await page.goto(proxy.origin)
  })

  afterEach(async () => {
    await context.close()
    await proxy.close()
  })

  const partition = (index: number): BlobRef => {
    const ref = manifest.partitions[index]?.whole
    if (ref === undefined) throw new RangeError('There are six partitions.')
    return ref
  }
  const hashes = (...indices: number[]): string[] => indices.map((index) => partition(index).sha256).sort()

  const connect = (on = page): Promise<boolean> => on.evaluate(() => window.harness.connect())
  const fetchRef = (ref: BlobRef, on = page) =>
    on.evaluate(([id, wanted]) => window.harness.fetchBlob(id, wanted), [manifest.id, ref] as const)
  const fetchPartition = (index: number, on = page) => fetchRef(partition(index), on)
  const storedBlobs = (on = page): Promise<string[]> => on.evaluate(() => window.harness.storedBlobs())
  const source = async (fetched: ReturnType<typeof fetchRef>): Promise<string> => {
    const result = await fetched
    return typeof result === 'string' ? result : result.source
  }

  /** Ends the service worker as a browser does when it needs the memory: no event, no warning. */
  async function killServiceWorker(): Promise<void> {
    const session = await context.newCDPSession(page)
    let isRunning = true
    session.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
      if (versions.some(({ runningStatus }) => runningStatus === 'stopped')) isRunning = false
    })
    await session.send('ServiceWorker.enable')
    await session.send('ServiceWorker.stopAllWorkers')
    await vi.waitFor(() => expect(isRunning).toBe(false))
    await session.detach()
  }

  return {
    get app() {
      return app
    },
    get browser() {
      return browser
    },
    get context() {
      return context
    },
    get page() {
      return page
    },
    get proxy() {
      return proxy
    },
    get edges(): readonly RunningEdge[] {
      return edges
    },
    get manifest() {
      return manifest
    },
    get nextManifest() {
      return nextManifest
    },
    partition,
    hashes,
    connect,
    fetchRef,
    fetchPartition,
    storedBlobs,
    source,
    killServiceWorker,
  }
}
