import { describe, expect, it } from 'vitest'
import { createSampleBundle } from '../testing/sample-bundle.ts'
import { apiPaths } from '../wire/frames.ts'
import { nameBlobs } from './blob-names.ts'
import { createBlobSource, type BlobRequest } from './blob-source.ts'
import { PartitionCache } from './partition-cache.ts'
import { createMemoryStorage } from './storage.ts'

const never = new AbortController().signal
const { manifest, blobs } = await createSampleBundle()
const names = nameBlobs([manifest], true)

function create() {
  const asked: string[] = []
  const storage = createMemoryStorage()
  const cache = new PartitionCache({
    ...storage,
    names: () => Promise.resolve(names),
    budget: { entries: 2, bytes: 1_000_000 },
  })
  const fetch: typeof globalThis.fetch = (url) => {
    const sha256 = /[0-9a-f]{64}/.exec(url as string)?.[0] ?? ''
    asked.push(sha256)
    const bytes = blobs.get(sha256)
    return Promise.resolve(new Response(bytes, { status: bytes === undefined ? 404 : 200 }))
  }
  return { source: createBlobSource({ cache, fetch }), storage, cache, asked }
}

function requestOf(sha256: string): BlobRequest {
  const name = names.blobs.get(sha256)
  if (name === undefined) throw new RangeError('not in the sample')
  return { url: apiPaths.blob(manifest.id, sha256), ref: name.ref, keeping: name.keeping }
}
const first = manifest.partitions[0]?.whole.sha256 ?? ''

describe('a source of blobs', () => {
  it('downloads once, then answers from the cache', async () => {
    const { source, asked } = create()
    expect(await source.fetchBlob(never, requestOf(first))).toEqual({
      bytes: blobs.get(first),
      source: 'network',
    })
    expect(await source.fetchBlob(never, requestOf(first))).toEqual({
      bytes: blobs.get(first),
      source: 'cache',
    })
    expect(asked).toEqual([first])
  })

  it('looks and downloads once for all who ask at the same time', async () => {
    const { source, asked } = create()
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => source.fetchBlob(never, requestOf(first))),
    )
    expect(answers.every(({ bytes }) => bytes.byteLength === requestOf(first).ref.bytes)).toBe(true)
    expect(asked).toEqual([first])
  })

  it('keeps partitions, the generalist and the full model, and nothing that runs on the edge alone', async () => {
    const { source, storage, cache } = create()
    for (const sha256 of names.blobs.keys()) await source.fetchBlob(never, requestOf(sha256))
    await cache.settled()
    const lastTwo = manifest.partitions.slice(-2).map(({ whole }) => whole.sha256)
    expect((await storage.blobs.ids()).sort()).toEqual(
      [manifest.generalist.whole.sha256, manifest.full.whole.sha256, ...lastTwo].sort(),
    )
  })

  it('throws away what was altered in storage, and downloads it again', async () => {
    const { source, storage } = create()
    await source.fetchBlob(never, requestOf(first))
    await storage.blobs.put(first, new Uint8Array(requestOf(first).ref.bytes))
    expect((await source.fetchBlob(never, requestOf(first))).source).toBe('network')
    expect(await storage.blobs.get(first)).toEqual(blobs.get(first))
  })

  it('answers from memory where it cannot store', async () => {
    const { storage, asked } = create()
    const full = Object.assign(new Error('full'), { name: 'QuotaExceededError' })
    const cache = new PartitionCache({
      ...storage,
      blobs: { ...storage.blobs, put: () => Promise.reject(full) },
      names: () => Promise.resolve(names),
    })
    const source = createBlobSource({ cache, fetch: () => Promise.resolve(new Response(blobs.get(first))) })
    expect((await source.fetchBlob(never, requestOf(first))).source).toBe('memory')
    expect(asked).toEqual([])
  })
})

describe('the names of blobs', () => {
  it('say what each is kept as, and who calls it what', async () => {
    const other = await createSampleBundle({ id: 'other' })
    const both = nameBlobs([manifest, other.manifest], true)
    expect(both.blobs.get(first)).toMatchObject({
      keeping: 'evictable',
      namedBy: [
        { bundleId: 'sample', id: 'p0' },
        { bundleId: 'other', id: 'p0' },
      ],
    })
    expect(both.blobs.get(manifest.generalist.whole.sha256)?.keeping).toBe('resident')
    expect(both.blobs.get(manifest.encoder!.whole.sha256)?.keeping).toBe('not-kept')
  })

  it('keep a blob with two roles as the stronger one asks', () => {
    const [partition, ...others] = manifest.partitions
    if (partition === undefined) throw new RangeError('no partition')
    const untrained = {
      ...manifest,
      partitions: [{ ...partition, whole: manifest.generalist.whole }, ...others],
    }
    expect(nameBlobs([untrained], true).blobs.get(manifest.generalist.whole.sha256)?.keeping).toBe('resident')
  })
})
