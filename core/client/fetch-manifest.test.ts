import { describe, expect, it } from 'vitest'
import { sha256Hex } from '../bundle/hash.ts'
import { createSampleBundle } from '../testing/sample-bundle.ts'
import { sampleKey } from '../testing/sample-key.ts'
import { anySigner, createDeviceTrust } from '../trust/manifest-trust.ts'
import { createMemoryPins } from '../trust/memory-pins.ts'
import { signManifest } from '../trust/sign-manifest.ts'
import { CacheNetError } from '../wire/errors.ts'
import { manifestHeader } from '../wire/frames.ts'
import { fetchManifest } from './fetch-manifest.ts'

const text = JSON.stringify((await createSampleBundle()).manifest)
const bytes = new TextEncoder().encode(text)
const sha256 = await sha256Hex(bytes)
const etag = `"${sha256}"`

const whole = (headers: Record<string, string> = { ETag: etag }): Response => new Response(bytes, { headers })
const altered = (headers: Record<string, string> = { ETag: etag }): Response =>
  new Response(text.replace('"bee"', '"wee"'), { headers })
/** Sends half of it, and breaks off. */
const brokenOff = (): Response => {
  let isBegun = false
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (isBegun) controller.error(new TypeError('broken off'))
      else controller.enqueue(bytes.subarray(0, 500))
      isBegun = true
    },
  })
  return new Response(body, { headers: { ETag: etag } })
}

/** Answers one request after the other, and tells how the HTTP cache was to be used. */
async function ask(...answers: (() => Response)[]) {
  const modes: (RequestCache | undefined)[] = []
  const fetch = (_url: unknown, init?: RequestInit): Promise<Response> => {
    const answer = answers[modes.length]
    modes.push(init?.cache)
    return answer === undefined ? Promise.reject(new TypeError('offline')) : Promise.resolve(answer())
  }
  const outcome = await fetchManifest(new AbortController().signal, {
    bundleId: 'sample',
    trust: anySigner,
    fetch,
  }).then(
    (fetched) => fetched.sha256,
    (thrown: unknown) => CacheNetError.from(thrown).code,
  )
  return { outcome, modes }
}

describe('fetchManifest', () => {
  it('asks whether the copy that the browser keeps still holds, and gives the bytes with their hash', async () => {
    expect(await ask(whole)).toEqual({ outcome: sha256, modes: ['no-cache'] })
  })

  it.each([
    ['altered under its own ETag', () => altered()],
    ['altered under a weak one', () => altered({ ETag: `W/${etag}` })],
    ['altered under one that names a compression', () => altered({ ETag: `"${sha256}-gzip"` })],
    ['altered under the header of its hash', () => altered({ [manifestHeader]: sha256 })],
    ['cut short', () => new Response(bytes.subarray(0, 500), { headers: { ETag: etag } })],
    ['broken off', brokenOff],
    ['empty', () => new Response('', { headers: { ETag: etag } })],
    ['a page', () => new Response('<!doctype html>', { headers: { 'Content-Type': 'text/html' } })],
    ['nothing, with 204', () => new Response(null, { status: 204 })],
    ['a part, with 206', () => new Response(bytes, { status: 206 })],
    ['a 304 that nobody asked for', () => new Response(null, { status: 304 })],
    ['that of another bundle', () => new Response(text.replace('"id":"sample"', '"id":"another"'))],
    ['larger than any', () => new Response(new Uint8Array(5 * 2 ** 20))],
  ])('asks once more past the HTTP cache where it comes %s', async (_, wrong) => {
    expect(await ask(wrong, whole)).toEqual({ outcome: sha256, modes: ['no-cache', 'reload'] })
    const { outcome, modes } = await ask(wrong, wrong)
    expect(modes).toHaveLength(2)
    expect(['edge-answer-invalid', 'manifest-invalid', 'edge-unreachable']).toContain(outcome)
  })

  it('takes what nobody gives a hash for, and what is tagged with something else', async () => {
    expect((await ask(() => whole({}))).outcome).toBe(sha256)
    expect((await ask(() => whole({ ETag: '"v1"' }))).outcome).toBe(sha256)
  })

  it('does not ask again where the edge has said why, or is away', async () => {
    const gone = (): Response =>
      Response.json({ error: { code: 'bundle-unknown', message: 'No.' } }, { status: 404 })
    expect(await ask(gone)).toEqual({ outcome: 'bundle-unknown', modes: ['no-cache'] })
    expect(await ask()).toEqual({ outcome: 'edge-unreachable', modes: ['no-cache'] })
  })

  it('stops where it is called off', async () => {
    const controller = new AbortController()
    const fetch = (): Promise<Response> => {
      controller.abort(new CacheNetError('aborted', 'Off.'))
      return Promise.resolve(altered())
    }
    await expect(
      fetchManifest(controller.signal, { bundleId: 'sample', trust: anySigner, fetch }),
    ).rejects.toMatchObject({ code: 'edge-answer-invalid' })
  })
})

describe('fetchManifest of signed bundles', () => {
  const unsigned = JSON.parse(text) as Record<string, unknown>
  const signedBy = (seed: number, nowMs: number): string =>
    JSON.stringify(signManifest(unsigned, sampleKey(seed), nowMs))
  const older = signedBy(1, 1_000_000)
  const newer = signedBy(1, 2_000_000)
  const stranger = signedBy(2, 3_000_000)

  /** A device that has had `newer`, and then gets these. */
  async function codesOf(...bodies: string[]): Promise<{ readonly outcome: string; readonly asked: number }> {
    const trust = createDeviceTrust(createMemoryPins(), () => 'https://a.test')
    const queue = [newer, ...bodies]
    let asked = 0
    const fetch = (): Promise<Response> => Promise.resolve(new Response(queue[asked++]))
    const once = () => fetchManifest(new AbortController().signal, { bundleId: 'sample', trust, fetch })
    expect((await once()).signer).toEqual({ publicKey: sampleKey(1).publicKey, revision: 2_000 })
    const outcome = await once().then(
      () => 'taken',
      (thrown: unknown) => CacheNetError.from(thrown).code,
    )
    return { outcome, asked: asked - 1 }
  }

  it.each([
    ['bundle-unsigned', text],
    ['bundle-key-changed', stranger],
    ['bundle-rolled-back', older],
    ['bundle-signature-invalid', newer.replace('"bee"', '"wee"')],
  ])('is refused with %s, once what a cache may have kept was passed by', async (code, body) => {
    expect(await codesOf(body, body)).toEqual({ outcome: code, asked: 2 })
    expect(await codesOf(body, newer)).toEqual({ outcome: 'taken', asked: 2 })
  })
})
