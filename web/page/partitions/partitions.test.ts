import { signal as createSignal, type Signal } from '@preact/signals'
import { beforeEach, describe, expect, it } from 'vitest'
import { anySigner } from '../../../core/trust/manifest-trust.ts'
import { createSampleBundle, type SampleBundle } from '../../../core/testing/sample-bundle.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { CacheBackend } from './cache-backend.ts'
import { createMemoryCache } from './memory-cache.ts'
import type { Partitions } from './partition-keeper.ts'
import { createPartitions } from './partitions.ts'
import { framesBeforeWhole } from './residency.ts'

const { signal } = new AbortController()

let bundle: SampleBundle
let residents: Signal<readonly string[]>
/** Those of them that answer with their delta. */
let deltas: Set<string>
let loads: string[]
let isFrugal: boolean
let partitions: Partitions
let memory: CacheBackend
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

beforeEach(() => prepare(false))

async function prepare(hasDeltas: boolean): Promise<void> {
  bundle = await createSampleBundle({ hasDeltas })
  deltas = new Set()
  loads = []
  isFrugal = false
  requested = []
  failures = []
  reported = []
  pinned = []
  isHeld = Promise.resolve()
  residents = createSignal<readonly string[]>([])
  memory = createMemoryCache({ fetch: edge, trust: anySigner })
  await memory.setBudget(signal, { entries: 4, bytes: 1e6 })
  // Memory that holds two, as the worker's would.
  const toFront = (id: string): void =>
    void (residents.value = [id, ...residents.value.filter((other) => other !== id)].slice(0, 2))
  partitions = createPartitions({
    manifest: bundle.manifest,
    cache: {
      fetchBlob: (...args) => memory.fetchBlob(...args),
      list: (...args) => memory.list(...args),
      prefetch: (...args) => memory.prefetch(...args),
      store: (...args) => memory.store(...args),
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
      get held() {
        return residents.value.map((id) => ({
          id,
          form: deltas.has(id) ? ('delta' as const) : ('whole' as const),
        }))
      },
      use: (_signal, id) => {
        toFront(id)
        return Promise.resolve()
      },
      load: (_signal, id, weights, form) => {
        const { whole, delta } = partition(Number(id.slice(1)))
        expect(weights).toEqual(bundle.blobs.get(form !== 'delta' ? whole.sha256 : (delta?.sha256 ?? '')))
        loads.push(`${id} ${form ?? 'whole'}`)
        if (form === 'delta') deltas.add(id)
        else deltas.delete(id)
        toFront(id)
        return Promise.resolve()
      },
      refine: (_signal, id, weights) => {
        expect(weights).toEqual(bundle.blobs.get(partition(Number(id.slice(1))).whole.sha256))
        loads.push(`${id} refined`)
        deltas.delete(id)
        return Promise.resolve()
      },
    },
    whenIdle: () => Promise.resolve(),
    isFrugal: () => isFrugal,
    onFailure: ({ code }: CacheNetError) => void failures.push(code),
  })
}

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

  it('restores nothing, and says nothing of its own, where the networks could not be opened', async () => {
    await partitions.want(signal, partition(0))
    residents.value = []
    expect(
      await partitions.restore(signal, 2, Promise.reject(new CacheNetError('engine-failed', 'No.'))),
    ).toBe(0)
    expect(residents.value).toEqual([])
    expect(failures).toEqual([])
  })

  it('has nothing to tell the cache of the generalist', () => {
    partitions.used('generalist')
    expect(reported).toEqual([])
  })
})

describe('Partitions with deltas', () => {
  beforeEach(() => prepare(true))
  const inlineDelta = (index: number, of = index) => {
    const sha256 = partition(index).delta?.sha256 ?? ''
    return {
      id: `p${index}`,
      sha256,
      bytes: btoa(String.fromCharCode(...(bundle.blobs.get(partition(of).delta?.sha256 ?? '') ?? []))),
    }
  }

  const answerFrames = (id: string, frames: number): void => {
    for (let frame = 0; frame < frames; frame++) partitions.used(id)
  }

  it('uses the delta that came with the answer at once, and the whole when it has answered enough frames', async () => {
    const arrived = partitions.want(signal, partition(1), { inlineDelta: inlineDelta(1) })
    await expect.poll(() => loads).toContain('p1 delta')
    answerFrames('p1', framesBeforeWhole - 1)
    // Misses that name it again meanwhile change nothing.
    expect(await partitions.want(signal, partition(1))).toBe(0)
    expect(requested).toEqual([])
    answerFrames('p1', 1)
    expect(await arrived).toBe(partition(1).whole.bytes)
    expect(loads).toEqual(['p1 delta', 'p1 refined'])
    expect(requested).toEqual([partition(1).whole.sha256])
  })

  it('has no whole fetched for a partition that was pushed out before, and counts anew when it is back', async () => {
    void partitions.want(signal, partition(1), { inlineDelta: inlineDelta(1) })
    await expect.poll(() => loads).toEqual(['p1 delta'])
    answerFrames('p1', framesBeforeWhole - 1)
    residents.value = []
    answerFrames('p1', 1)
    await partitions.want(signal, partition(1), { inlineDelta: inlineDelta(1) })
    expect(loads).toEqual(['p1 delta', 'p1 delta'])
    answerFrames('p1', framesBeforeWhole - 1)
    expect(requested).toEqual([])
    answerFrames('p1', 1)
    await expect.poll(() => loads).toEqual(['p1 delta', 'p1 delta', 'p1 refined'])
  })

  it('fetches the whole at once for a stream that must be repeatable, also where it was being patient', async () => {
    void partitions.want(signal, partition(1), { inlineDelta: inlineDelta(1) })
    await expect.poll(() => loads).toEqual(['p1 delta'])
    await partitions.want(signal, partition(1), { isWholeAwaited: true })
    expect(loads).toEqual(['p1 delta', 'p1 refined'])
  })

  it('leaves a partition as it is when the stream ends before', async () => {
    const stream = new AbortController()
    const arrived = partitions.want(stream.signal, partition(1), { inlineDelta: inlineDelta(1) })
    await expect.poll(() => loads).toEqual(['p1 delta'])
    stream.abort()
    expect(await arrived).toBe(0)
    expect(failures).toEqual([])
    // The next stream asks again.
    const again = partitions.want(signal, partition(1))
    await expect.poll(() => residents.value).toEqual(['p1'])
    answerFrames('p1', framesBeforeWhole)
    expect(await again).toBe(partition(1).whole.bytes)
  })

  it('restores by its delta what has only that, where there is room', async () => {
    isFrugal = true
    await partitions.want(signal, partition(1), { inlineDelta: inlineDelta(1) })
    await partitions.want(signal, partition(2), { isWholeAwaited: true })
    await expect
      .poll(async () => (await memory.list(signal)).entries.map(({ sha256 }) => sha256))
      .toContain(partition(1).delta?.sha256)
    residents.value = []
    loads = []
    expect(await partitions.restore(signal, 2)).toBe(2)
    expect(loads).toEqual(['p1 delta', 'p2 whole'])
    residents.value = []
    expect(await partitions.restore(signal, 1)).toBe(1)
    expect(residents.value).toEqual(['p2'])
  })

  it('stores the delta, and has it at hand when the partition itself is gone', async () => {
    isFrugal = true
    expect(await partitions.want(signal, partition(1), { inlineDelta: inlineDelta(1) })).toBe(0)
    await expect
      .poll(async () => (await memory.list(signal)).entries.map(({ sha256 }) => sha256))
      .toContain(partition(1).delta?.sha256)
    residents.value = []
    expect(await partitions.want(signal, partition(1))).toBe(0)
    expect(loads).toEqual(['p1 delta', 'p1 delta'])
    expect(requested).toEqual([])
    // There is nothing of it that the cache could take away.
    expect(pinned).toEqual([])
  })

  it('stores a delta again after the partition was deleted', async () => {
    isFrugal = true
    const { sha256 = '' } = partition(1).delta ?? {}
    const stored = async (): Promise<string[]> =>
      (await memory.list(signal)).entries.map((entry) => entry.sha256)
    await partitions.want(signal, partition(1), { inlineDelta: inlineDelta(1) })
    await expect.poll(stored).toContain(sha256)
    await memory.remove(signal, sha256)
    partitions.forget('p1')
    residents.value = []
    await partitions.want(signal, partition(1), { inlineDelta: inlineDelta(1) })
    await expect.poll(stored).toContain(sha256)
  })

  it('fetches the delta where none came along, and the whole only where data is not saved', async () => {
    isFrugal = true
    expect(await partitions.want(signal, partition(2))).toBe(partition(2).delta?.bytes)
    expect(loads).toEqual(['p2 delta'])
    isFrugal = false
    const arrived = partitions.want(signal, partition(2))
    await expect.poll(() => residents.value).toEqual(['p2'])
    await Promise.resolve()
    answerFrames('p2', framesBeforeWhole)
    expect(await arrived).toBe(partition(2).whole.bytes)
    expect(loads).toEqual(['p2 delta', 'p2 refined'])
  })

  it('does not believe a delta that is another', async () => {
    expect(await partitions.want(signal, partition(1), { inlineDelta: inlineDelta(1, 2) })).toBe(
      partition(1).whole.bytes,
    )
    expect(loads).toEqual(['p1 whole'])
    expect(failures).toEqual([])
  })

  it('prefetches into storage and not into memory', async () => {
    expect(await partitions.prefetch(signal, 'p3')).toBe(partition(3).whole.bytes)
    expect(await partitions.prefetch(signal, 'p3')).toBe(0)
    expect(await partitions.prefetch(signal, 'nobody')).toBe(0)
    expect(residents.value).toEqual([])
  })
})
