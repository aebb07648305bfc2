import { signal as createSignal, type Signal } from '@preact/signals'
import { beforeEach, describe, expect, it } from 'vitest'
import { createSampleBundle, type SampleBundle } from '../../core/testing/sample-bundle.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { createMemoryCache } from './cache/memory-cache.ts'
import { createPartitions, type Partitions } from './partitions.ts'

const { signal } = new AbortController()

let bundle: SampleBundle
let residents: Signal<readonly string[]>
let partitions: Partitions
let requested: string[]
let failures: string[]
let reported: string[]
let pinned: (readonly string[])[]
/** Holds the edge's answers back until it is called. */
let release: () => void
let isHeld: Promise<void>

const partition = (index: number) => {
  const found = bundle.manifest.partitions[index]
  if (found === undefined) throw new Error('the sample bundle has four partitions')
  return found
}

/** The edge, as far as the cache needs one: manifest and blobs. */
async function edge(input: RequestInfo | URL): Promise<Response> {
  const { pathname } = new URL(input instanceof Request ? input.url : input, 'http://edge.test')
  if (pathname.endsWith('manifest.json')) return Response.json(bundle.manifest)
  const sha256 = pathname.split('/').at(-1)?.replace('.bin', '') ?? ''
  requested.push(sha256)
  await isHeld
  const bytes = bundle.blobs.get(sha256)
  return bytes === undefined ? new Response(null, { status: 404 }) : new Response(bytes)
}

beforeEach(async () => {
  bundle = await createSampleBundle()
  requested = []
  failures = []
  reported = []
  pinned = []
  isHeld = Promise.resolve()
  residents = createSignal<readonly string[]>([])
  const memory = createMemoryCache({ fetch: edge })
  await memory.setBudget(signal, { entries: 4, bytes: 1e6 })
  // Memory that holds two, as the worker's would.
  const toFront = (id: string): void => void (residents.value = [id, ...residents.value.filter((other) => other !== id)].slice(0, 2))
  partitions = createPartitions({
    manifest: bundle.manifest,
    cache: {
      fetchBlob: (...args) => memory.fetchBlob(...args),
      list: (...args) => memory.list(...args),
      pin: (abort, sha256s) => {
        pinned.push(sha256s)
        return memory.pin(abort, sha256s)
      },
      reportUse(sha256) {
        reported.push(sha256)
        void memory.use(signal, sha256)
      },
    },
    host: {
      residents,
      use: (_signal, id) => {
        toFront(id)
        return Promise.resolve()
      },
      load: (_signal, id, weights) => {
        expect(weights).toEqual(bundle.blobs.get(partition(Number(id.slice(1))).whole.sha256))
        toFront(id)
        return Promise.resolve()
      },
    },
    onFailure: ({ code }: CacheNetError) => void failures.push(code),
  })
})

describe('Partitions', () => {
  it('downloads what is not here, loads it, and says what that cost', async () => {
    expect(await partitions.want(signal, partition(1))).toBe(partition(1).whole.bytes)
    expect(residents.value).toEqual(['p1'])
    expect(reported).toEqual([partition(1).whole.sha256])
    expect(pinned).toEqual([[partition(1).whole.sha256]])
  })

  it('only moves what is resident to the front, and loads what is stored without the network', async () => {
    for (const index of [0, 1, 2]) await partitions.want(signal, partition(index))
    expect(residents.value).toEqual(['p2', 'p1'])
    requested = []
    expect(await partitions.want(signal, partition(1))).toBe(0)
    expect(residents.value).toEqual(['p1', 'p2'])
    expect(await partitions.want(signal, partition(0))).toBe(0)
    expect(residents.value).toEqual(['p0', 'p1'])
    expect(requested).toEqual([])
  })

  it('downloads once for all frames that want it, and counts its bytes once', async () => {
    const bytes = await Promise.all([1, 2, 3].map(() => partitions.want(signal, partition(3))))
    expect(bytes).toEqual([partition(3).whole.bytes, 0, 0])
    expect(requested).toEqual([partition(3).whole.sha256])
  })

  it('does not let a download that arrives late push the present partition away', async () => {
    await partitions.want(signal, partition(0))
    isHeld = new Promise((resolve) => (release = resolve))
    const late = partitions.want(signal, partition(1))
    await partitions.want(signal, partition(0))
    release()
    expect(await late).toBe(partition(1).whole.bytes)
    expect(residents.value).toEqual(['p0'])
    requested = []
    await partitions.want(signal, partition(1))
    expect(requested).toEqual([])
    expect(residents.value).toEqual(['p1', 'p0'])
  })

  it('tells of a download that failed, and tries again with the next miss', async () => {
    const { sha256 } = partition(2).whole
    const good = bundle.blobs.get(sha256) ?? new Uint8Array()
    const altered = good.slice()
    altered[0] = (altered[0] ?? 0) ^ 1
    ;(bundle.blobs as Map<string, Uint8Array>).set(sha256, altered)
    expect(await partitions.want(signal, partition(2))).toBe(0)
    expect(failures).toEqual(['blob-altered'])
    expect(residents.value).toEqual([])
    ;(bundle.blobs as Map<string, Uint8Array>).set(sha256, good)
    expect(await partitions.want(signal, partition(2))).toBeGreaterThan(0)
    expect(residents.value).toEqual(['p2'])
  })

  it('restores what is stored, the most recently used first in the end, as many as there is room for', async () => {
    for (const index of [0, 1, 2]) await partitions.want(signal, partition(index))
    partitions.used('p0')
    residents.value = []
    requested = []
    expect(await partitions.restore(signal, 2)).toBe(2)
    expect(residents.value).toEqual(['p0', 'p2'])
    expect(requested).toEqual([])
  })

  it('has nothing to tell the cache of the generalist', () => {
    partitions.used('generalist')
    expect(reported).toEqual([])
  })
})
