import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { blobsOf, type BlobRef, type Manifest } from '../../core/bundle/manifest.ts'
import { createSampleBundle } from '../../core/testing/sample-bundle.ts'
import { apiPaths } from '../../core/wire/frames.ts'
import { startEdge, type RunningEdge } from '../../edge/start-edge.ts'
import { temporaryFolder, writeBundle } from '../../edge/testing/bundle-folder.ts'
import { buildApp, type BuiltApp } from './harness/build-app.ts'
import { launchChromium } from './harness/launch-chromium.ts'
import { startFaultProxy, type FaultProxy } from './harness/fault-proxy.ts'
// For its declaration of `window.harness`.
import type {} from './harness/cache-page/main.ts'

// The partition cache in a real service worker of a real browser, against a real edge. What the page shows is tested elsewhere.

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
  const edge = await startEdge({ port: 0, host: '127.0.0.1', bundlesFolder: folder, pageFolder: app.folder })
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
const fetchRef = (ref: BlobRef, on = page) => on.evaluate(([id, wanted]) => window.harness.fetchBlob(id, wanted), [manifest.id, ref] as const)
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

describe('the partition cache in a service worker', () => {
  it('is there on the first visit, and the page stays cross-origin isolated', async () => {
    expect(await connect()).toBe(true)
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
    await page.reload()
    expect(await connect()).toBe(true)
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
  })

  it('downloads a partition once, with progress, and answers from the cache after that', async () => {
    await connect()
    proxy.faults.set(partition(0).sha256, 'slow')
    const first = await fetchPartition(0)
    expect(first).toMatchObject({ source: 'network', bytes: partition(0).bytes })
    const progress = typeof first === 'string' ? [] : first.progress
    expect(progress.at(-1)).toBe(partition(0).bytes)
    expect([...progress].sort((a, b) => a - b)).toEqual(progress)
    expect(await source(fetchPartition(0))).toBe('cache')
    expect(proxy.requests(partition(0).sha256)).toBe(1)
  })

  it('evicts the least recently used, by use and not by download', async () => {
    await connect()
    for (const index of [0, 1, 2, 3]) await fetchPartition(index)
    await page.evaluate((sha256) => window.harness.reportUse(sha256), partition(0).sha256)
    await vi.waitFor(async () => expect((await page.evaluate(() => window.harness.list())).entries[0]?.sha256).toBe(partition(0).sha256))
    await fetchPartition(4)
    await vi.waitFor(async () => expect(await storedBlobs()).toEqual(hashes(0, 2, 3, 4)))
    // The event follows the deletion.
    await vi.waitFor(async () => expect(await page.evaluate(() => window.harness.events())).toContainEqual({ kind: 'evicted', sha256: partition(1).sha256 }))
    const events = await page.evaluate(() => window.harness.events())
    expect(events.filter(({ kind }) => kind === 'notice')).toEqual([])
  })

  it('keeps the generalist outside the budget, and never stores what runs on the edge', async () => {
    await connect()
    const generalist = manifest.generalist.whole
    await fetchRef(generalist)
    expect(await source(fetchRef(manifest.full.whole))).toBe('network')
    await page.evaluate(() => window.harness.setBudget({ entries: 1, bytes: 1_000_000 }))
    for (const index of [0, 1]) await fetchPartition(index)
    await vi.waitFor(async () => expect(await storedBlobs()).toEqual([generalist.sha256, ...hashes(1)].sort()))
    await page.evaluate(() => window.harness.clear())
    expect(await storedBlobs()).toEqual([generalist.sha256])
    const { entries, bundleIds, storedBytes } = await page.evaluate(() => window.harness.list())
    expect(entries).toMatchObject([{ sha256: generalist.sha256, bytes: generalist.bytes, role: 'generalist', namedBy: [{ bundleId: manifest.id, id: 'generalist' }] }])
    expect({ bundleIds, storedBytes }).toEqual({ bundleIds: [manifest.id], storedBytes: 0 })
  })

  it('remembers recency, pins and budget when the browser kills it at any moment', async () => {
    await connect()
    await page.evaluate(() => window.harness.setBudget({ entries: 3, bytes: 1_000_000 }))
    for (const index of [0, 1, 2]) await fetchPartition(index)
    await page.evaluate((sha256) => window.harness.reportUse(sha256), partition(0).sha256)
    await page.evaluate((sha256) => window.harness.pin([sha256]), partition(1).sha256)
    await killServiceWorker()
    expect(await source(fetchPartition(2))).toBe('cache')
    await killServiceWorker()
    await fetchPartition(3)
    await vi.waitFor(async () => expect(await storedBlobs()).toEqual(hashes(0, 1, 3)))

  })

  it('comes through being killed in the middle of a download', async () => {
    await connect()
    proxy.faults.set(partition(0).sha256, 'silent')
    const cut = source(fetchPartition(0))
    await vi.waitFor(() => expect(proxy.requests(partition(0).sha256)).toBe(1))
    proxy.faults.clear()
    await killServiceWorker()
    // Browsers differ: Chromium asks the next life once more, for others the fetch has failed.
    expect(['network', 'edge-unreachable']).toContain(await cut)
    expect(['network', 'cache']).toContain(await source(fetchPartition(0)))
    expect(await storedBlobs()).toEqual(hashes(0))
    expect((await page.evaluate(() => window.harness.list())).entries).toMatchObject([{ sha256: partition(0).sha256 }])
  })

  it('downloads once for all who ask at the same time', async () => {
    await connect()
    proxy.faults.set(partition(0).sha256, 'slow')
    const other = await context.newPage()
    await other.goto(proxy.origin)
    await connect(other)
    const many = page.evaluate(([id, ref]) => window.harness.fetchMany(id, ref, 8), [manifest.id, partition(0)] as const)
    const results = [...(await many), await fetchPartition(0, other)]
    expect(results.every((result) => typeof result !== 'string' && result.bytes === partition(0).bytes)).toBe(true)
    expect(proxy.requests(partition(0).sha256)).toBe(1)
  })

  it.each([
    ['broken-off', 'edge-unreachable'],
    ['short', 'blob-truncated'],
    ['long', 'blob-truncated'],
    ['altered', 'blob-altered'],
    ['login-page', 'edge-answer-invalid'],
  ] as const)('never stores a body that is %s, and says so', async (fault, code) => {
    await connect()
    proxy.faults.set(partition(0).sha256, fault)
    expect(await fetchPartition(0)).toBe(code)
    expect(await storedBlobs()).toEqual([])
    expect((await page.evaluate(() => window.harness.list())).entries).toEqual([])
    proxy.faults.clear()
    // Wrong bodies came with the header that lets every HTTP cache keep them for ever.
    expect(await source(fetchPartition(0))).toBe('network')
    expect(await storedBlobs()).toEqual(hashes(0))
  })

  it('says that a blob is unknown, and that a bundle is, as the edge does', async () => {
    await connect()
    expect(await fetchRef({ bytes: 10, sha256: '0'.repeat(64) })).toBe('blob-unknown')
    expect(await page.evaluate((ref) => window.harness.fetchBlob('nobody', ref), { bytes: 10, sha256: '0'.repeat(64) })).toBe('bundle-unknown')
  })

  it('lets one page call its download off while others wait for it', async () => {
    await connect()
    proxy.faults.set(partition(0).sha256, 'slow')
    const off = page.evaluate(([id, ref]) => window.harness.fetchAborted(id, ref, 50), [manifest.id, partition(0)] as const)
    const on = fetchPartition(0)
    expect(await off).toBe('aborted')
    expect(await source(on)).toBe('network')
    expect(proxy.requests(partition(0).sha256)).toBe(1)
  })

  it('repairs what was altered in storage', async () => {
    await connect()
    await fetchPartition(0)
    await page.evaluate(async () => {
      const cache = await caches.open('cachenet-partitions-v1')
      const [key] = await cache.keys()
      if (key !== undefined) await cache.put(key, new Response(new Uint8Array(10)))
    })
    expect(await source(fetchPartition(0))).toBe('network')
    expect(await source(fetchPartition(0))).toBe('cache')
  })

  it('goes on when the browser has emptied its storage', async () => {
    await connect()
    await fetchPartition(0)
    await page.evaluate(() => caches.delete('cachenet-partitions-v1'))
    expect((await page.evaluate(() => window.harness.list())).entries).toEqual([])
    expect(await source(fetchPartition(0))).toBe('network')
    expect(await storedBlobs()).toEqual(hashes(0))
  })

  it('evicts and retries on a full device, then runs from memory and says so', async () => {
    await connect()
    for (const index of [0, 1]) await fetchPartition(index)
    const session = await context.newCDPSession(page)
    const limit = (quotaSize: number) => session.send('Storage.overrideQuotaForOrigin', { origin: proxy.origin, quotaSize })
    await limit(1)
    expect(await source(fetchPartition(2))).toBe('memory')
    await vi.waitFor(async () => expect(await page.evaluate(() => window.harness.events())).toContainEqual({ kind: 'notice', code: 'cache-quota-exceeded' }))
    await session.send('Storage.overrideQuotaForOrigin', { origin: proxy.origin })
    expect(await source(fetchPartition(2))).toBe('network')
    expect(await storedBlobs()).toContain(partition(2).sha256)
  })
})

describe('without a service worker', () => {
  async function expectPolicyInMemory(on: Page): Promise<void> {
    expect(await on.evaluate(() => window.harness.connect({ firstWaitMs: 0 }))).toBe(false)
    await on.evaluate(() => window.harness.setBudget({ entries: 2, bytes: 1_000_000 }))
    await fetchRef(manifest.generalist.whole, on)
    for (const index of [0, 1, 2]) expect(await source(fetchPartition(index, on))).toBe('network')
    expect(await source(fetchPartition(1, on))).toBe('cache')
    expect(await source(fetchRef(manifest.generalist.whole, on))).toBe('cache')
    const { entries, isPersistent } = await on.evaluate(() => window.harness.list())
    expect(isPersistent).toBe(false)
    expect(entries.map(({ sha256 }) => sha256)).toEqual([partition(2).sha256, partition(1).sha256, manifest.generalist.whole.sha256])
    proxy.faults.set(partition(3).sha256, 'altered')
    expect(await fetchPartition(3, on)).toBe('blob-altered')
  }

  it('keeps the same policy in memory, and says that it does not last', async () => {
    const privately = await browser.newContext({ serviceWorkers: 'block' })
    const blocked = await privately.newPage()
    await blocked.goto(proxy.origin)
    await expectPolicyInMemory(blocked)
    await privately.close()
  })

  it('does so for a page opened over http:// from another machine, which gets no WebCrypto either', async () => {
    const insecure = await context.newPage()
    await insecure.goto(proxy.origin.replace('127.0.0.1', 'edge.test'))
    expect(await insecure.evaluate(() => isSecureContext)).toBe(false)
    await expectPolicyInMemory(insecure)
  })

  it('starts in memory where the first installation takes long, and moves over when it is done', async () => {
    proxy.faults.set('/sw.js', 'slow')
    await page.evaluate(() => window.harness.connect({ firstWaitMs: 0 }))
    expect(await page.evaluate(() => window.harness.isPersistent())).toBe(false)
    await page.evaluate(() => window.harness.setBudget({ entries: 2, bytes: 1_000_000 }))
    await page.evaluate((sha256) => window.harness.pin([sha256]), partition(0).sha256)
    for (const index of [0, 1, 2]) await fetchPartition(index)
    await vi.waitFor(async () => expect(await page.evaluate(() => window.harness.isPersistent())).toBe(true), { timeout: 10_000 })
    await vi.waitFor(async () => expect(await storedBlobs()).toEqual(hashes(0, 2)))
    const events = await page.evaluate(() => window.harness.events())
    expect(events).toContainEqual({ kind: 'persistence', isPersistent: true })
    expect((await page.evaluate(() => window.harness.list())).budget.entries).toBe(2)
    // What is still held is downloaded once more, into the lasting cache: there is no copy of it in the browser's HTTP cache.
    expect([0, 1, 2].map((index) => proxy.requests(partition(index).sha256))).toEqual([2, 1, 2])
  })
})

describe('a forced reload', () => {
  it('passes the service worker by, which then takes the page under its control again', async () => {
    await connect()
    await fetchPartition(0)
    const session = await context.newCDPSession(page)
    const reloaded = page.waitForEvent('load')
    await session.send('Page.reload', { ignoreCache: true })
    await reloaded
    expect(await page.evaluate(() => navigator.serviceWorker.controller)).toBeNull()
    expect(await connect()).toBe(true)
    expect(await source(fetchPartition(0))).toBe('cache')
  })
})

describe('offline', () => {
  it('starts, with manifest, bundle list and all that is cached', async () => {
    await connect()
    await page.evaluate(async (paths) => Promise.all(paths.map((path) => window.harness.fetchText(path))), [apiPaths.bundles, apiPaths.manifest(manifest.id)])
    await fetchRef(manifest.generalist.whole)
    await fetchPartition(0)
    await killServiceWorker()
    await proxy.goOffline()

    await page.goto(`${proxy.origin}/some/route`)
    expect(await page.title()).toBe('Partition cache')
    expect(await connect()).toBe(true)
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
    const list = await page.evaluate((path) => window.harness.fetchText(path), apiPaths.bundles)
    expect(list).toMatchObject({ status: 200, source: 'cache' })
    const stored = await page.evaluate((path) => window.harness.fetchText(path), apiPaths.manifest(manifest.id))
    expect(stored).toMatchObject({ status: 200, source: 'cache' })
    expect((JSON.parse(stored.text) as Manifest).partitions).toHaveLength(6)
    expect(await source(fetchRef(manifest.generalist.whole))).toBe('cache')
    expect(await source(fetchPartition(0))).toBe('cache')
    expect(await fetchPartition(1)).toBe('edge-unreachable')

    await proxy.goOnline()
    expect(await source(fetchPartition(1))).toBe('network')
  })

  it('answers with the stored manifest where a login page comes in its place', async () => {
    await connect()
    const path = apiPaths.manifest(manifest.id)
    await page.evaluate((wanted) => window.harness.fetchText(wanted), path)
    proxy.faults.set(path, 'login-page')
    expect(await page.evaluate((wanted) => window.harness.fetchText(wanted), path)).toMatchObject({ status: 200, source: 'cache' })
    proxy.faults.clear()
    proxy.faults.set(path, 'silent')
    expect(await page.evaluate((wanted) => window.harness.fetchText(wanted), path)).toMatchObject({ status: 200, source: 'cache' })
  })
})

describe('a new version', () => {
  it('of the bundle is in force when its generalist is stored, and drops only what nothing names', async () => {
    await connect()
    const path = apiPaths.manifest(manifest.id)
    await page.evaluate((wanted) => window.harness.fetchText(wanted), path)
    await fetchRef(manifest.generalist.whole)
    for (const index of [0, 1]) await fetchPartition(index)

    proxy.upstream = edges[1]?.origin ?? ''
    const fresh = await page.evaluate((wanted) => window.harness.fetchText(wanted), path)
    expect(fresh).toMatchObject({ source: 'network' })
    expect((JSON.parse(fresh.text) as Manifest).generalist).toEqual(nextManifest.generalist)
    expect(await storedBlobs()).toHaveLength(3)

    // The edge goes out of reach before the new generalist has come: the bundle before it still works as a whole.
    await proxy.goOffline()
    const offline = await page.evaluate((wanted) => window.harness.fetchText(wanted), path)
    expect((JSON.parse(offline.text) as Manifest).generalist).toEqual(manifest.generalist)
    await proxy.goOnline()

    expect(await source(fetchRef(nextManifest.generalist.whole))).toBe('network')
    await vi.waitFor(async () => expect(await storedBlobs()).toEqual([nextManifest.generalist.whole.sha256]))
    await proxy.goOffline()
    const after = await page.evaluate((wanted) => window.harness.fetchText(wanted), path)
    expect((JSON.parse(after.text) as Manifest).generalist).toEqual(nextManifest.generalist)
    expect(blobsOf(nextManifest).map(({ ref }) => ref.sha256)).not.toContain(partition(0).sha256)
  })

  it('of the app waits until it is asked for, reloads, and keeps every partition', async () => {
    await connect()
    for (const index of [0, 1]) await fetchPartition(index)
    const script = join(app.folder, 'sw.js')
    const original = await readFile(script)
    try {
      await appendFile(script, '\n// A new version.\n')
      await page.reload()
      await connect()
      await vi.waitFor(async () => expect(await page.evaluate(() => window.harness.isUpdateReady())).toBe(true), { timeout: 10_000 })
      // Until it is asked for, the page goes on with the version that it came with.
      expect(await source(fetchPartition(0))).toBe('cache')
      const reloaded = page.waitForEvent('load')
      await page.evaluate(() => window.harness.applyUpdate())
      await reloaded
      await connect()
      expect(await page.evaluate(() => window.harness.isUpdateReady())).toBe(false)
      expect(await storedBlobs()).toEqual(hashes(0, 1))
      expect(await source(fetchPartition(1))).toBe('cache')
    } finally {
      await writeFile(script, original)
    }
  })
})
