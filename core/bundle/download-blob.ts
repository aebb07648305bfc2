import { jsonOf, readBounded } from '../client/read-bounded.ts'
import { CacheNetError, type ErrorCode } from '../wire/errors.ts'
import { verifyBlob } from './hash.ts'
import type { BlobRef } from './blob-ref.ts'

export interface DownloadOptions {
  readonly url: string
  /**
   * What has to arrive. Progress goes by its byte count: Content-Length is that of the compressed body, where
   * there is one.
   */
  readonly ref: BlobRef
  readonly onProgress?: (receivedBytes: number, totalBytes: number) => void
  /** How long the edge may be silent, before the first byte and between any two. */
  readonly idleLimitMs?: number
  readonly fetch?: typeof globalThis.fetch
}

const defaultIdleLimitMs = 15_000

const codeOfStatus = (status: number): ErrorCode =>
  status === 404
    ? 'blob-unknown'
    : status === 429 || status === 503
      ? 'edge-overloaded'
      : 'edge-answer-invalid'

/**
 * An edge says why in JSON; whatever stands between it and the phone (a proxy, a hotel's login page) does
 * not.
 */
async function refusal(response: Response, sha256: string): Promise<CacheNetError> {
  const code = codeOfStatus(response.status)
  try {
    const body = jsonOf(await readBounded(response, response.url))
    if (body === undefined) throw new SyntaxError('no JSON')
    return CacheNetError.fromBody(body, code)
  } catch {
    return new CacheNetError(code, 'The edge did not send the weights; what is cached still works.', {
      status: response.status,
      sha256,
    })
  }
}

async function readBody(
  response: Response,
  { ref, onProgress }: DownloadOptions,
  onChunk: () => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(ref.bytes)
  if (response.body === null) return bytes.subarray(0, 0)
  const reader = response.body.getReader()
  let received = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return bytes.subarray(0, received)
      onChunk()
      if (received + value.byteLength > ref.bytes) {
        throw new CacheNetError(
          'blob-truncated',
          'A download is longer than the manifest says; it was thrown away.',
          {
            expectedBytes: ref.bytes,
            foundBytes: received + value.byteLength,
            sha256: ref.sha256,
          },
        )
      }
      bytes.set(value, received)
      received += value.byteLength
      onProgress?.(received, ref.bytes)
    }
  } finally {
    // Stops the rest of the body where there is one; there is nobody left to hear how that went.
    void reader.cancel().catch(() => undefined)
  }
}

async function downloadOnce(signal: AbortSignal, options: DownloadOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { url, ref, idleLimitMs = defaultIdleLimitMs, fetch = globalThis.fetch } = options
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const silence = new CacheNetError('edge-timeout', 'The edge went silent; what is cached still works.', {
    idleLimitMs,
    sha256: ref.sha256,
  })
  const watch = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => controller.abort(silence), idleLimitMs)
  }
  const onAbort = (): void => controller.abort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    if (signal.aborted) controller.abort()
    watch()
    // A copy in the browser's HTTP cache would double what a blob takes, and outlive its eviction.
    const response = await fetch(url, { signal: controller.signal, cache: 'no-store' })
    if (!response.ok) throw await refusal(response, ref.sha256)
    if (response.headers.get('Content-Type')?.includes('text/html') === true) {
      throw new CacheNetError(
        'edge-answer-invalid',
        'A web page came in place of the weights. Is this network asking for a login?',
        {
          sha256: ref.sha256,
        },
      )
    }
    const bytes = await readBody(response, options, watch)
    await verifyBlob(bytes, ref)
    return bytes
  } catch (thrown) {
    if (thrown instanceof CacheNetError) throw thrown
    if (signal.aborted)
      throw new CacheNetError('aborted', 'The download was called off.', { sha256: ref.sha256 })
    if (controller.signal.reason === silence) throw silence
    throw new CacheNetError(
      'edge-unreachable',
      'The edge cannot be reached; what is cached still works.',
      { sha256: ref.sha256 },
      { cause: thrown },
    )
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}

/**
 * Downloads a blob and resolves only with exactly the bytes that `ref` names.
 *
 * Throws `blob-truncated` (too short or too long), `blob-altered`, `blob-unknown` (404), `edge-overloaded`,
 * `edge-answer-invalid` (a web page, another status), `edge-timeout` (silence), `edge-unreachable`,
 * `aborted`, or the code of the edge's own refusal.
 */
export async function downloadBlob(
  signal: AbortSignal,
  options: DownloadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await downloadOnce(signal, options)
  } catch (thrown) {
    // Something on the way spoiled it, perhaps only this once.
    const { code } = CacheNetError.from(thrown)
    if (code !== 'blob-truncated' && code !== 'blob-altered') throw thrown
    return await downloadOnce(signal, options)
  }
}
