import { describe, expect, it } from 'vitest'
import type { Manifest } from '../bundle/manifest.ts'
import { createSampleBundle } from '../testing/sample-bundle.ts'
import { CacheNetError } from '../wire/errors.ts'
import { nameBlobs } from './blob-names.ts'
import { createBundleCache } from './bundle-cache.ts'
import { createMemoryStorage } from './storage.ts'

const { signal } = new AbortController()
const { manifest, blobs } = await createSampleBundle()
const first = manifest.partitions[0]?.whole.sha256 ?? ''
const edgeOnly = manifest.full.whole.sha256
const bytesOf = (sha256: string): Uint8Array<ArrayBuffer> => blobs.get(sha256) ?? new Uint8Array()

/** @param published the manifest that the edge has, once it is asked */
function create(published: Manifest | null = manifest) {
  const known = new Map<string, Manifest>()
  const asked: string[] = []
  const cache = createBundleCache({
    ...createMemoryStorage(),
    manifests: {
      names: () => Promise.resolve(nameBlobs(known.values(), true)),
      refresh(_signal, bundleId) {
        asked.push(bundleId)
        if (published === null) return Promise.reject(new CacheNetError('bundle-unknown', 'No.'))
        known.set(bundleId, published)
        return Promise.resolve()
      },
      forget(bundleId) {
        known.delete(bundleId)
        return Promise.resolve()
      },
    },
    fetch: (url) => {
      const sha256 = /[0-9a-f]{64}/.exec(url as string)?.[0] ?? ''
      asked.push(sha256)
      return Promise.resolve(new Response(blobs.get(sha256)))
    },
  })
  return { cache, asked }
}

describe('createBundleCache', () => {
  it('looks at the manifest once for what no known one names, and says how long a blob is kept', async () => {
    const { cache, asked } = create()
    expect(await cache.fetchBlob(signal, manifest.id, first)).toMatchObject({
      source: 'network',
      keeping: 'evictable',
    })
    expect(await cache.fetchBlob(signal, manifest.id, first)).toMatchObject({ source: 'cache' })
    const { sha256 } = manifest.generalist.whole
    expect(await cache.fetchBlob(signal, manifest.id, sha256)).toMatchObject({ keeping: 'resident' })
    expect(asked).toEqual([manifest.id, first, sha256])
  })

  it('refuses what the newest manifest does not name either', async () => {
    const { cache, asked } = create()
    const unknown = 'f'.repeat(64)
    await expect(cache.fetchBlob(signal, manifest.id, unknown)).rejects.toMatchObject({
      code: 'blob-unknown',
      details: { bundleId: manifest.id, sha256: unknown },
    })
    expect(asked).toEqual([manifest.id])
  })

  it('says why no manifest could be had', async () => {
    const { cache } = create(null)
    await expect(cache.fetchBlob(signal, manifest.id, first)).rejects.toMatchObject({
      code: 'bundle-unknown',
    })
  })

  it('stores what came another way, where it is what its name says and a device runs it', async () => {
    const { cache, asked } = create()
    await expect(cache.store(signal, manifest.id, first, bytesOf(first).slice(1))).rejects.toMatchObject({
      code: 'blob-truncated',
    })
    await cache.store(signal, manifest.id, first, bytesOf(first))
    await cache.store(signal, manifest.id, edgeOnly, bytesOf(edgeOnly))
    expect(Object.keys((await cache.partitions.contents()).entries)).toEqual([first])
    expect(await cache.fetchBlob(signal, manifest.id, first)).toMatchObject({ source: 'cache' })
    expect(asked).toEqual([manifest.id])
  })

  it('forgets a bundle with what no other names', async () => {
    const { cache } = create()
    await cache.fetchBlob(signal, manifest.id, first)
    await cache.forgetBundle(manifest.id)
    expect((await cache.partitions.contents()).entries).toEqual({})
    expect(await cache.partitions.get(first)).toBeUndefined()
  })
})
