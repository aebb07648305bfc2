import { describe, expect, it, vi } from 'vitest'
import { createSampleBundle } from '../../../core/testing/sample-bundle.ts'
import { anySigner } from '../../../core/trust/manifest-trust.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import { apiPaths } from '../../../core/wire/frames.ts'
import { createSwitchingClient, type CacheClientEvent } from './cache-client.ts'
import { createMemoryCache } from './memory-cache.ts'

const never = new AbortController().signal
const { manifest, blobs } = await createSampleBundle({ partitions: 6 })
const partition = (index: number) => {
  const ref = manifest.partitions[index]?.whole
  if (ref === undefined) throw new RangeError('There are six partitions.')
  return ref
}

/** An edge in so far as the cache asks it. */
function createEdge() {
  const asked: string[] = []
  const fetch: typeof globalThis.fetch = (input) => {
    const path = input as string
    asked.push(path)
    if (path === apiPaths.manifest(manifest.id)) return Promise.resolve(Response.json(manifest))
    const bytes = blobs.get(/[0-9a-f]{64}/.exec(path)?.[0] ?? '')
    const unknown = new CacheNetError('bundle-unknown', 'No.').toBody()
    return Promise.resolve(
      bytes === undefined ? Response.json(unknown, { status: 404 }) : new Response(bytes),
    )
  }
  return { fetch, asked, trust: anySigner }
}

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: unknown) => (error instanceof CacheNetError ? error.code : String(error)),
  )

describe('the cache in memory', () => {
  it('hands over bytes that are the caller’s own', async () => {
    const cache = createMemoryCache(createEdge())
    const first = await cache.fetchBlob(never, manifest.id, partition(0))
    expect(first.source).toBe('network')
    structuredClone(first.bytes, { transfer: [first.bytes] })
    const [second, third] = await Promise.all(
      [1, 2].map(() => cache.fetchBlob(never, manifest.id, partition(0))),
    )
    expect(second?.source).toBe('cache')
    expect(second?.bytes).not.toBe(third?.bytes)
    expect(new Uint8Array(second?.bytes ?? new ArrayBuffer())).toEqual(blobs.get(partition(0).sha256))
  })

  it('learns from the manifest what is what, and asks for it once', async () => {
    const edge = createEdge()
    const cache = createMemoryCache(edge)
    for (const ref of [manifest.generalist.whole, ...manifest.partitions.map(({ whole }) => whole)])
      await cache.fetchBlob(never, manifest.id, ref)
    expect(edge.asked.filter((path) => path.endsWith('manifest.json'))).toHaveLength(1)
    const { entries, isPersistent, bundleIds } = await cache.list(never)
    expect({ isPersistent, bundleIds }).toEqual({ isPersistent: false, bundleIds: [manifest.id] })
    expect(entries.map(({ role, namedBy }) => `${role} ${namedBy[0]?.id ?? ''}`)).toEqual([
      'partition p5',
      'partition p4',
      'partition p3',
      'partition p2',
      'generalist generalist',
    ])
  })

  it('says what is unknown, to the edge and to the manifest', async () => {
    const cache = createMemoryCache(createEdge())
    expect(await codeOf(cache.fetchBlob(never, 'nobody', partition(0)))).toBe('bundle-unknown')
    expect(await codeOf(cache.fetchBlob(never, manifest.id, { bytes: 1, sha256: '0'.repeat(64) }))).toBe(
      'blob-unknown',
    )
  })

  it('tells of progress, changes and evictions, and forgets a bundle with all that is its own', async () => {
    const events: CacheClientEvent[] = []
    const cache = createMemoryCache(createEdge())
    cache.onEvent((event) => void events.push(event))
    await cache.setBudget(never, { entries: 1, bytes: 1_000_000 })
    const progress: number[] = []
    await cache.fetchBlob(never, manifest.id, partition(0), (received) => void progress.push(received))
    await cache.fetchBlob(never, manifest.id, partition(1))
    expect(progress.at(-1)).toBe(partition(0).bytes)
    await vi.waitFor(() => expect(events).toContainEqual({ kind: 'evicted', sha256: partition(0).sha256 }))
    await cache.forgetBundle(never, manifest.id)
    await vi.waitFor(() =>
      expect(events.at(-1)).toMatchObject({ kind: 'changed', snapshot: { entries: [], bundleIds: [] } }),
    )
  })
})

describe('a client that moves from one cache to another', () => {
  it('asks there again for all that is still held here, in the order of its use', async () => {
    const edge = createEdge()
    const client = createSwitchingClient(createMemoryCache(edge))
    const events: string[] = []
    client.onEvent(({ kind }) => void events.push(kind))
    await client.setBudget(never, { entries: 2, bytes: 1_000_000 })
    await client.pin(never, [partition(0).sha256])
    for (const index of [0, 1, 2]) await client.fetchBlob(never, manifest.id, partition(index))

    const lasting = { ...createMemoryCache(edge), isPersistent: true }
    await client.moveTo(lasting)
    expect(client.isPersistent).toBe(true)
    expect(events).toContain('persistence')
    const { entries, budget } = await lasting.list(never)
    expect(budget.entries).toBe(2)
    expect(entries.map(({ sha256, isPinned }) => [sha256, isPinned])).toEqual([
      [partition(2).sha256, false],
      [partition(0).sha256, true],
    ])

    client.reportUse(partition(0).sha256)
    await vi.waitFor(async () =>
      expect((await client.list(never)).entries[0]?.sha256).toBe(partition(0).sha256),
    )
    events.length = 0
    await client.fetchBlob(never, manifest.id, partition(3))
    await vi.waitFor(() => expect(events).toContain('evicted'))
  })
})
