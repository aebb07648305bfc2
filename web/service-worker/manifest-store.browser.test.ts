import { afterEach, describe, expect, it } from 'vitest'
import { sha256Hex } from '../../core/bundle/hash.ts'
import type { FetchedManifest } from '../../core/client/fetch-manifest.ts'
import { createSampleBundle } from '../../core/testing/sample-bundle.ts'
import { createDeviceTrust } from '../../core/trust/manifest-trust.ts'
import { createMemoryPins } from '../../core/trust/memory-pins.ts'
import { signManifest } from '../../core/trust/sign-manifest.ts'
import { sampleKey } from '../../core/testing/sample-key.ts'
import { apiPaths } from '../../core/wire/frames.ts'
import { sourceHeader } from '../messages/cache.ts'
import { readRefusal } from '../messages/refusal.ts'
import { createManifestRoute } from './manifest-route.ts'
import { ManifestStore } from './manifest-store.ts'

const cacheName = 'test-manifests'
const first = (await createSampleBundle({ seed: 1 })).manifest
const second = (await createSampleBundle({ seed: 2 })).manifest
const other = (await createSampleBundle({ seed: 3, id: 'other' })).manifest
const generalistOf = ({ generalist }: typeof first): string => generalist.whole.sha256

afterEach(async () => {
  await caches.delete(cacheName)
})

/** A manifest as `fetchManifest` hands it over. */
async function fetchedOf(manifest: typeof first): Promise<FetchedManifest> {
  const text = JSON.stringify(manifest)
  return { manifest, text, sha256: await sha256Hex(new TextEncoder().encode(text)), signer: undefined }
}

const nothingStored = (): Promise<boolean> => Promise.resolve(false)

describe('the stored manifests', () => {
  it('outlive the service worker, and name its blobs', async () => {
    await new ManifestStore(cacheName).save(await fetchedOf(first), nothingStored)
    const store = new ManifestStore(cacheName)
    expect(await store.bundleIds()).toEqual(['sample'])
    expect((await store.textOf('sample'))?.text).toBe(JSON.stringify(first))
    const names = await store.names()
    expect(names.isComplete).toBe(true)
    expect(names.blobs.get(generalistOf(first))?.keeping).toBe('resident')
  })

  it('let the older version stand until the generalist of the newer one is stored', async () => {
    const store = new ManifestStore(cacheName)
    expect(await store.save(await fetchedOf(first), nothingStored)).toBe(false)
    expect(await store.save(await fetchedOf(second), nothingStored)).toBe(false)
    for (const life of [store, new ManifestStore(cacheName)]) {
      expect((await life.textOf('sample'))?.text).toBe(JSON.stringify(first))
      const { blobs } = await life.names()
      expect(blobs.has(generalistOf(first)) && blobs.has(generalistOf(second))).toBe(true)
    }
    expect(await store.generalistStored(generalistOf(first))).toBe(false)
    expect(await store.generalistStored(generalistOf(second))).toBe(true)
    for (const life of [store, new ManifestStore(cacheName)]) {
      expect((await life.textOf('sample'))?.text).toBe(JSON.stringify(second))
      expect((await life.names()).blobs.has(generalistOf(first))).toBe(false)
    }
  })

  it('replace the older version at once where the generalist is stored already', async () => {
    const store = new ManifestStore(cacheName)
    await store.save(await fetchedOf(first), nothingStored)
    expect(await store.save(await fetchedOf(second), () => Promise.resolve(true))).toBe(true)
    expect((await store.textOf('sample'))?.text).toBe(JSON.stringify(second))
  })

  it('drop the newer version where the edge goes back to the older one', async () => {
    const store = new ManifestStore(cacheName)
    await store.save(await fetchedOf(first), nothingStored)
    await store.save(await fetchedOf(second), nothingStored)
    expect(await store.save(await fetchedOf(first), nothingStored)).toBe(true)
    expect((await store.names()).blobs.has(generalistOf(second))).toBe(false)
  })

  it('let no blob count as unnamed while one of them cannot be read', async () => {
    const store = new ManifestStore(cacheName)
    await store.save(await fetchedOf(first), nothingStored)
    const cache = await caches.open(cacheName)
    await cache.put(apiPaths.manifest('from-the-future'), new Response('{"schemaVersion":99}'))
    expect((await new ManifestStore(cacheName).names()).isComplete).toBe(false)
  })

  it('are not handed out where their bytes have changed since, and take no blob with them', async () => {
    await new ManifestStore(cacheName).save(await fetchedOf(first), nothingStored)
    const cache = await caches.open(cacheName)
    const stored = await cache.match(apiPaths.manifest('sample'))
    const text = (await stored?.text()) ?? ''
    await cache.put(
      apiPaths.manifest('sample'),
      new Response(text.replace('"bee"', '"wee"'), { headers: stored?.headers ?? {} }),
    )
    const store = new ManifestStore(cacheName)
    expect(await store.textOf('sample')).toBeUndefined()
    expect((await store.names()).isComplete).toBe(false)
    await store.save(await fetchedOf(first), nothingStored)
    for (const life of [store, new ManifestStore(cacheName)]) {
      expect((await life.textOf('sample'))?.text).toBe(text)
      expect((await life.names()).isComplete).toBe(true)
    }
  })

  it('are read past whatever else lies in their cache', async () => {
    await new ManifestStore(cacheName).save(await fetchedOf(first), nothingStored)
    const cache = await caches.open(cacheName)
    for (const path of [
      '/%',
      '/api/v1/bundles/%E0%A4%A/manifest.json',
      '/api/v1/bundles/sample/manifest.json?x',
      '/elsewhere',
    ])
      await cache.put(path, new Response('?'))
    const store = new ManifestStore(cacheName)
    expect(await store.bundleIds()).toEqual(['sample'])
    expect((await store.names()).isComplete).toBe(false)
  })

  it('are forgotten one by one', async () => {
    const store = new ManifestStore(cacheName)
    await store.save(await fetchedOf(first), nothingStored)
    await store.save(await fetchedOf(other), nothingStored)
    await store.forget('sample')
    expect(await store.bundleIds()).toEqual(['other'])
    expect(await new ManifestStore(cacheName).bundleIds()).toEqual(['other'])
  })
})

const firstSha256 = (await fetchedOf(first)).sha256

/** More than any manifest has, in pieces. */
function endlessBody(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(2 ** 16)) })
}

type Answer = () => Promise<Response>

/** How long an edge may take; long, but where a test is about that. */
const patient = { freshLimitMs: 30_000, fetchLimitMs: 30_000 }

function createRoute(answer: Answer, limits: Partial<typeof patient> = {}) {
  const state = { answer, replaced: 0 }
  const manifests = new ManifestStore(cacheName)
  const route = createManifestRoute({
    manifests,
    trust: createDeviceTrust(createMemoryPins(), () => location.origin),
    isStored: nothingStored,
    onReplaced: () => {
      state.replaced++
      return Promise.resolve()
    },
    ...patient,
    ...limits,
    fetch: (_path, init) => {
      const answered = state.answer()
      const calledOff = new Promise<never>((_resolve, reject) =>
        init?.signal?.addEventListener('abort', () => reject(new Error('stopped'))),
      )
      return Promise.race([answered, calledOff])
    },
  })
  return { route, manifests, state }
}

const answers = {
  fresh: () => Promise.resolve(Response.json(first)),
  unreachable: () => Promise.reject(new TypeError('fetch failed')),
  silent: () => new Promise<Response>(() => undefined),
  loginPage: () =>
    Promise.resolve(new Response('<!doctype html>', { headers: { 'Content-Type': 'text/html' } })),
  otherBundle: () => Promise.resolve(Response.json(other)),
  invalid: () => Promise.resolve(Response.json({ ...first, classNames: [] })),
  gone: () =>
    Promise.resolve(Response.json({ error: { code: 'bundle-unknown', message: 'No.' } }, { status: 404 })),
  altered: () =>
    Promise.resolve(
      new Response(JSON.stringify(first).replace('"bee"', '"wee"'), {
        headers: { ETag: `"${firstSha256}"` },
      }),
    ),
  endless: () => Promise.resolve(new Response(endlessBody())),
  failing: () => Promise.resolve(new Response('<h1>502</h1>', { status: 502 })),
} satisfies Record<string, Answer>

async function outcome(response: Promise<Response>): Promise<string> {
  const answered = await response
  if (answered.ok) return answered.headers.get(sourceHeader) ?? 'unmarked'
  const body = (await answered.json()) as { error: { code: string } }
  return body.error.code
}

describe('the route of manifests', () => {
  it.each([
    ['fresh', 'network', 'network'],
    ['unreachable', 'edge-unreachable', 'cache'],
    ['silent', 'edge-timeout', 'cache'],
    ['loginPage', 'edge-answer-invalid', 'cache'],
    ['otherBundle', 'manifest-invalid', 'cache'],
    ['invalid', 'manifest-invalid', 'cache'],
    ['altered', 'edge-answer-invalid', 'cache'],
    ['endless', 'edge-answer-invalid', 'cache'],
    ['failing', 'edge-unreachable', 'cache'],
    ['gone', 'bundle-unknown', 'bundle-unknown'],
  ] as const)(
    'where the edge is %s answers %s, and %s once it is stored',
    async (kind, without, withStored) => {
      const { route, manifests, state } = createRoute(
        answers[kind],
        kind === 'silent' ? { freshLimitMs: 30, fetchLimitMs: 1_000 } : {},
      )
      const answering = route.manifest('sample')
      expect(await outcome(answering.response)).toBe(without)
      await answering.settled
      if (kind !== 'fresh') expect(await manifests.textOf('sample')).toBeUndefined()

      state.answer = answers.fresh
      await route.refreshManifest('sample')
      state.answer = answers[kind]
      const again = route.manifest('sample')
      expect(await outcome(again.response)).toBe(withStored)
      await again.settled
      expect((await manifests.textOf('sample'))?.text).toBe(JSON.stringify(first))
    },
  )

  it.each([
    ['bundle-unsigned', undefined],
    ['bundle-key-changed', { seed: 2, atMs: 3_000_000 }],
    ['bundle-rolled-back', { seed: 1, atMs: 1_000_000 }],
  ] as const)(
    'answers with what is stored, and says why, where the edge’s own is refused: %s',
    async (code, by) => {
      const signed = (manifest: typeof first, seed: number, atMs: number): unknown =>
        signManifest({ ...manifest }, sampleKey(seed), atMs)
      const good = JSON.stringify(signed(first, 1, 2_000_000))
      const { route, manifests, state } = createRoute(() => Promise.resolve(new Response(good)))
      await route.refreshManifest('sample')
      state.answer = () =>
        Promise.resolve(Response.json(by === undefined ? second : signed(second, by.seed, by.atMs)))
      const answering = route.manifest('sample')
      const response = await answering.response
      expect([await response.clone().text(), readRefusal(response.headers)?.code]).toEqual([good, code])
      await answering.settled
      await manifests.generalistStored(generalistOf(second))
      expect((await manifests.textOf('sample'))?.text).toBe(good)

      await manifests.forget('sample')
      expect(await outcome(route.manifest('sample').response)).toBe(code)
    },
  )

  it('stores what came too late for this answer, for the next', async () => {
    const { route, manifests, state } = createRoute(answers.fresh, { freshLimitMs: 30 })
    await route.refreshManifest('sample')
    state.answer = async () => {
      await new Promise((resolve) => setTimeout(resolve, 80))
      return Response.json(second)
    }
    const answering = route.manifest('sample')
    expect(await outcome(answering.response)).toBe('cache')
    await answering.settled
    expect(state.replaced).toBe(0)
    await manifests.generalistStored(generalistOf(second))
    expect((await manifests.textOf('sample'))?.text).toBe(JSON.stringify(second))
    state.answer = answers.fresh
    await route.refreshManifest('sample')
    state.answer = () => Promise.resolve(Response.json(second))
    await route.refreshManifest('sample')
    expect(state.replaced).toBe(1)
  })

  it('does the same for the bundle list', async () => {
    const list = { defaultBundle: 'sample', bundles: [] }
    const { route, state } = createRoute(() => Promise.resolve(Response.json(list)))
    expect(await outcome(route.bundleList().response)).toBe('network')
    state.answer = answers.loginPage
    const response = await route.bundleList().response
    expect(response.headers.get(sourceHeader)).toBe('cache')
    expect(await response.json()).toEqual(list)
  })
})
