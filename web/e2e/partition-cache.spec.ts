import { describe, expect, it, vi } from 'vitest'
import { useCacheStage } from './harness/cache-stage.ts'

// The partition cache in a real service worker of a real browser, against a real edge. What the page shows is
// tested elsewhere.

const stage = useCacheStage()
const { partition, hashes, connect, fetchRef, fetchPartition, storedBlobs, source, killServiceWorker } = stage

describe('the partition cache in a service worker', () => {
  it('is there on the first visit, and the page stays cross-origin isolated', async () => {
    expect(await connect()).toBe(true)
    expect(await stage.page.evaluate(() => crossOriginIsolated)).toBe(true)
    await stage.page.reload()
    expect(await connect()).toBe(true)
    expect(await stage.page.evaluate(() => crossOriginIsolated)).toBe(true)
  })

  it('downloads a partition once, with progress, and answers from the cache after that', async () => {
    await connect()
    stage.proxy.faults.set(partition(0).sha256, 'slow')
    const first = await fetchPartition(0)
    expect(first).toMatchObject({ source: 'network', bytes: partition(0).bytes })
    const progress = typeof first === 'string' ? [] : first.progress
    expect(progress.at(-1)).toBe(partition(0).bytes)
    expect([...progress].sort((a, b) => a - b)).toEqual(progress)
    expect(await source(fetchPartition(0))).toBe('cache')
    expect(stage.proxy.requests(partition(0).sha256)).toBe(1)
  })

  it('evicts the least recently used, by use and not by download', async () => {
    await connect()
    for (const index of [0, 1, 2, 3]) await fetchPartition(index)
    await stage.page.evaluate((sha256) => window.harness.reportUse(sha256), partition(0).sha256)
    await vi.waitFor(async () =>
      expect((await stage.page.evaluate(() => window.harness.list())).entries[0]?.sha256).toBe(
        partition(0).sha256,
      ),
    )
    await fetchPartition(4)
    await vi.waitFor(async () => expect(await storedBlobs()).toEqual(hashes(0, 2, 3, 4)))
    // The event follows the deletion.
    await vi.waitFor(async () =>
      expect(await stage.page.evaluate(() => window.harness.events())).toContainEqual({
        kind: 'evicted',
        sha256: partition(1).sha256,
      }),
    )
    const events = await stage.page.evaluate(() => window.harness.events())
    expect(events.filter(({ kind }) => kind === 'notice')).toEqual([])
  })

  it('keeps generalist and full model outside the budget, and never stores what runs on the edge alone', async () => {
    await connect()
    const kept = [stage.manifest.generalist.whole, stage.manifest.full.whole]
    for (const ref of kept) await fetchRef(ref)
    const encoder = stage.manifest.encoder?.whole
    if (encoder === undefined) throw new Error('The sample bundle has an encoder.')
    expect(await source(fetchRef(encoder))).toBe('network')
    await stage.page.evaluate(() => window.harness.setBudget({ entries: 1, bytes: 1_000_000 }))
    for (const index of [0, 1]) await fetchPartition(index)
    const keptHashes = kept.map(({ sha256 }) => sha256).sort()
    await vi.waitFor(async () => expect(await storedBlobs()).toEqual([...keptHashes, ...hashes(1)].sort()))
    await stage.page.evaluate(() => window.harness.clear())
    expect(await storedBlobs()).toEqual(keptHashes)
    const { entries, bundleIds, storedBytes } = await stage.page.evaluate(() => window.harness.list())
    expect(entries.map(({ sha256, bytes, role }) => ({ sha256, bytes, role }))).toEqual(
      expect.arrayContaining(kept.map(({ sha256, bytes }) => ({ sha256, bytes, role: 'generalist' }))),
    )
    expect(entries.flatMap(({ namedBy }) => namedBy.map(({ id }) => id)).sort()).toEqual([
      'full',
      'generalist',
    ])
    expect({ bundleIds, storedBytes }).toEqual({ bundleIds: [stage.manifest.id], storedBytes: 0 })
  })

  it('remembers recency, pins and budget when the browser kills it at any moment', async () => {
    await connect()
    await stage.page.evaluate(() => window.harness.setBudget({ entries: 3, bytes: 1_000_000 }))
    for (const index of [0, 1, 2]) await fetchPartition(index)
    await stage.page.evaluate((sha256) => window.harness.reportUse(sha256), partition(0).sha256)
    await stage.page.evaluate((sha256) => window.harness.pin([sha256]), partition(1).sha256)
    await killServiceWorker()
    expect(await source(fetchPartition(2))).toBe('cache')
    await killServiceWorker()
    await fetchPartition(3)
    await vi.waitFor(async () => expect(await storedBlobs()).toEqual(hashes(0, 1, 3)))
  })

  it('comes through being killed in the middle of a download', async () => {
    await connect()
    stage.proxy.faults.set(partition(0).sha256, 'silent')
    const cut = source(fetchPartition(0))
    await vi.waitFor(() => expect(stage.proxy.requests(partition(0).sha256)).toBe(1))
    stage.proxy.faults.clear()
    await killServiceWorker()
    // Browsers differ: Chromium asks the next life once more, for others the fetch has failed.
    expect(['network', 'edge-unreachable']).toContain(await cut)
    expect(['network', 'cache']).toContain(await source(fetchPartition(0)))
    expect(await storedBlobs()).toEqual(hashes(0))
    expect((await stage.page.evaluate(() => window.harness.list())).entries).toMatchObject([
      { sha256: partition(0).sha256 },
    ])
  })

  it('downloads once for all who ask at the same time', async () => {
    await connect()
    stage.proxy.faults.set(partition(0).sha256, 'slow')
    const other = await stage.context.newPage()
    await other.goto(stage.proxy.origin)
    await connect(other)
    const many = stage.page.evaluate(([id, ref]) => window.harness.fetchMany(id, ref, 8), [
      stage.manifest.id,
      partition(0),
    ] as const)
    const results = [...(await many), await fetchPartition(0, other)]
    expect(results.every((result) => typeof result !== 'string' && result.bytes === partition(0).bytes)).toBe(
      true,
    )
    expect(stage.proxy.requests(partition(0).sha256)).toBe(1)
  })

  it.each([
    ['broken-off', 'edge-unreachable'],
    ['short', 'blob-truncated'],
    ['long', 'blob-truncated'],
    ['altered', 'blob-altered'],
    ['login-page', 'edge-answer-invalid'],
  ] as const)('never stores a body that is %s, and says so', async (fault, code) => {
    await connect()
    stage.proxy.faults.set(partition(0).sha256, fault)
    expect(await fetchPartition(0)).toBe(code)
    expect(await storedBlobs()).toEqual([])
    expect((await stage.page.evaluate(() => window.harness.list())).entries).toEqual([])
    stage.proxy.faults.clear()
    // Wrong bodies came with the header that lets every HTTP cache keep them for ever.
    expect(await source(fetchPartition(0))).toBe('network')
    expect(await storedBlobs()).toEqual(hashes(0))
  })

  it('says that a blob is unknown, and that a bundle is, as the edge does', async () => {
    await connect()
    expect(await fetchRef({ bytes: 10, sha256: '0'.repeat(64) })).toBe('blob-unknown')
    expect(
      await stage.page.evaluate((ref) => window.harness.fetchBlob('nobody', ref), {
        bytes: 10,
        sha256: '0'.repeat(64),
      }),
    ).toBe('bundle-unknown')
  })

  it('lets one page call its download off while others wait for it', async () => {
    await connect()
    stage.proxy.faults.set(partition(0).sha256, 'slow')
    const off = stage.page.evaluate(([id, ref]) => window.harness.fetchAborted(id, ref, 50), [
      stage.manifest.id,
      partition(0),
    ] as const)
    const on = fetchPartition(0)
    expect(await off).toBe('aborted')
    expect(await source(on)).toBe('network')
    expect(stage.proxy.requests(partition(0).sha256)).toBe(1)
  })

  it('repairs what was altered in storage', async () => {
    await connect()
    await fetchPartition(0)
    await stage.page.evaluate(async () => {
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
    await stage.page.evaluate(() => caches.delete('cachenet-partitions-v1'))
    expect((await stage.page.evaluate(() => window.harness.list())).entries).toEqual([])
    expect(await source(fetchPartition(0))).toBe('network')
    expect(await storedBlobs()).toEqual(hashes(0))
  })

  it('evicts and retries on a full device, then runs from memory and says so', async () => {
    await connect()
    for (const index of [0, 1]) await fetchPartition(index)
    const session = await stage.context.newCDPSession(stage.page)
    const limit = (quotaSize: number) =>
      session.send('Storage.overrideQuotaForOrigin', { origin: stage.proxy.origin, quotaSize })
    await limit(1)
    expect(await source(fetchPartition(2))).toBe('memory')
    await vi.waitFor(async () =>
      expect(await stage.page.evaluate(() => window.harness.events())).toContainEqual({
        kind: 'notice',
        code: 'cache-quota-exceeded',
      }),
    )
    await session.send('Storage.overrideQuotaForOrigin', { origin: stage.proxy.origin })
    expect(await source(fetchPartition(2))).toBe('network')
    expect(await storedBlobs()).toContain(partition(2).sha256)
  })
})
