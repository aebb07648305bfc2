import { describe, expect, it } from 'vitest'
import { CacheNetError } from '../wire/errors.ts'
import { downloadBlob, type DownloadOptions } from './download-blob.ts'
import { sha256Hex } from './hash.ts'

const never = new AbortController().signal
const content = Uint8Array.from({ length: 1_000 }, (_, index) => index % 251)
const ref = { bytes: content.byteLength, sha256: await sha256Hex(content) }

type Handler = (init: RequestInit) => Response | Promise<Response>

/** Answers one request after the other, the last handler for all that follow. */
function answeringWith(...handlers: [Handler, ...Handler[]]) {
  const modes: (RequestCache | undefined)[] = []
  const fetch: typeof globalThis.fetch = (_url, init = {}) => {
    const handler = handlers[Math.min(modes.length, handlers.length - 1)] ?? handlers[0]
    modes.push(init.cache)
    return Promise.resolve(handler(init))
  }
  return { fetch, modes }
}

/**
 * A body in pieces that ends as a real one does when its request is called off; `undefined` for a piece that
 * never comes.
 */
function inPieces(
  pieces: readonly (Uint8Array<ArrayBuffer> | undefined)[],
  signal: AbortSignal | null | undefined,
): Response {
  let next = 0
  const body = new ReadableStream<Uint8Array>({
    start: (stream) => signal?.addEventListener('abort', () => stream.error(signal.reason)),
    async pull(stream) {
      const piece = pieces[next]
      if (next++ >= pieces.length) stream.close()
      else if (piece !== undefined) stream.enqueue(piece)
      else await new Promise(() => undefined)
    },
  })
  return new Response(body)
}

const codeOf = (options: Partial<DownloadOptions>, signal = never): Promise<string> =>
  downloadBlob(signal, { url: '/blob', ref, ...options }).then(
    () => 'none',
    (error: unknown) => (error instanceof CacheNetError ? error.code : String(error)),
  )

const altered = content.slice()
altered[500] = 0

describe('a download', () => {
  it('hands over exactly the bytes, and tells how far it is', async () => {
    const progress: [number, number][] = []
    const pieces = [content.slice(0, 400), content.slice(400, 900), content.slice(900)]
    const { fetch } = answeringWith(({ signal }) => inPieces(pieces, signal))
    const bytes = await downloadBlob(never, {
      url: '/blob',
      ref,
      fetch,
      onProgress: (...at) => void progress.push(at),
    })
    expect(bytes).toEqual(content)
    expect(progress).toEqual([
      [400, 1_000],
      [900, 1_000],
      [1_000, 1_000],
    ])
  })

  it.each([
    ['too short', () => new Response(content.slice(0, 999)), 'blob-truncated'],
    ['too long', () => new Response(new Uint8Array(1_001)), 'blob-truncated'],
    ['empty', () => new Response(null), 'blob-truncated'],
    ['altered', () => new Response(altered), 'blob-altered'],
    [
      'a web page',
      () => new Response('<!doctype html>', { headers: { 'Content-Type': 'text/html' } }),
      'edge-answer-invalid',
    ],
    ['unknown to the edge', () => new Response(null, { status: 404 }), 'blob-unknown'],
    [
      'refused by an edge that has too much to do',
      () => new Response(null, { status: 503 }),
      'edge-overloaded',
    ],
    [
      'refused with a reason',
      () => Response.json(new CacheNetError('edge-stopping', 'Bye.').toBody(), { status: 503 }),
      'edge-stopping',
    ],
    ['refused without one', () => new Response('oops', { status: 500 }), 'edge-answer-invalid'],
    ['out of reach', () => Promise.reject(new TypeError('fetch failed')), 'edge-unreachable'],
  ] as const)('fails where the body is %s', async (_what, handler, code) => {
    expect(await codeOf({ fetch: answeringWith(handler).fetch })).toBe(code)
  })

  it('leaves no copy in the HTTP cache, and asks once more where the body was a wrong one', async () => {
    const { fetch, modes } = answeringWith(
      () => new Response(altered),
      () => new Response(content),
    )
    expect(await codeOf({ fetch })).toBe('none')
    expect(modes).toEqual(['no-store', 'no-store'])
    const stubborn = answeringWith(() => new Response(altered))
    expect(await codeOf({ fetch: stubborn.fetch })).toBe('blob-altered')
    expect(stubborn.modes).toHaveLength(2)
  })

  it('ends when the edge goes silent, however long the whole may take', async () => {
    const silent = answeringWith(({ signal }) => inPieces([content.slice(0, 400), undefined], signal))
    expect(await codeOf({ fetch: silent.fetch, idleLimitMs: 20 })).toBe('edge-timeout')
    const mute = answeringWith(
      ({ signal }) =>
        new Promise((_resolve, reject) =>
          signal?.addEventListener('abort', () => reject(new Error('stopped'))),
        ),
    )
    expect(await codeOf({ fetch: mute.fetch, idleLimitMs: 20 })).toBe('edge-timeout')
    const pieces = Array.from({ length: 10 }, (_, index) => content.slice(index * 100, index * 100 + 100))
    const slow = answeringWith(({ signal }) => {
      const { body } = inPieces(pieces, signal)
      const delay = new TransformStream<Uint8Array, Uint8Array>({
        async transform(piece, stream) {
          await new Promise((resolve) => setTimeout(resolve, 10))
          stream.enqueue(piece)
        },
      })
      return new Response(body?.pipeThrough(delay))
    })
    expect(await codeOf({ fetch: slow.fetch, idleLimitMs: 60 })).toBe('none')
  })

  it('ends when it is called off, before and while it runs', async () => {
    const { fetch } = answeringWith(({ signal }) => inPieces([content.slice(0, 400), undefined], signal))
    const controller = new AbortController()
    const code = codeOf({ fetch, onProgress: () => controller.abort() }, controller.signal)
    expect(await code).toBe('aborted')
    const refusing = answeringWith(({ signal }) =>
      signal?.aborted === true ? Promise.reject(new Error('stopped')) : new Response(content),
    )
    expect(await codeOf({ fetch: refusing.fetch }, AbortSignal.abort())).toBe('aborted')
  })
})
