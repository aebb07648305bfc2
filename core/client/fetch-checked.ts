import { trustCodes } from '../trust/refusal.ts'
import { CacheNetError, type ErrorCode } from '../wire/errors.ts'
import { bodyLimitBytes, jsonOf, readBounded } from './read-bounded.ts'

export interface CheckedRequest<Value> {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly fetch: typeof fetch
  /**
   * How the first attempt treats the browser's HTTP cache; the second one, after an answer that was wrong,
   * goes past it.
   */
  readonly cache?: RequestCache
  readonly limitBytes?: number
  /** What the body says. Throws a `CacheNetError` where it is not what was asked for. */
  readonly read: (bytes: Uint8Array<ArrayBuffer>, headers: Headers) => Promise<Value> | Value
}

/**
 * What another attempt past the HTTP cache may not meet again: the browser may keep what came wrong once,
 * with a tag that is right.
 */
const spoiled: ReadonlySet<ErrorCode> = new Set([
  'edge-answer-invalid',
  'manifest-invalid',
  'manifest-version-unsupported',
  ...trustCodes,
])

class BrokenOff extends CacheNetError {}

const sentence = 'The edge cannot be reached; what is stored here still works.'

async function fetchOnce<Value>(
  signal: AbortSignal,
  cache: RequestCache,
  request: CheckedRequest<Value>,
): Promise<Value> {
  const { url, headers = {}, limitBytes = bodyLimitBytes, read } = request
  let response: Response
  try {
    response = await request.fetch(url, { signal, cache, headers })
  } catch (cause) {
    signal.throwIfAborted()
    throw new CacheNetError('edge-unreachable', sentence, { url }, { cause })
  }
  let bytes: Uint8Array<ArrayBuffer>
  try {
    bytes = await readBounded(response, url, limitBytes)
  } catch (cause) {
    signal.throwIfAborted()
    if (cause instanceof CacheNetError) throw cause
    throw new BrokenOff('edge-unreachable', sentence, { url }, { cause })
  }
  // Other codes of success (204, 206) bring something else than what was asked for.
  if (response.status === 200) return read(bytes, response.headers)
  throw CacheNetError.fromBody(
    jsonOf(bytes),
    response.status >= 500 ? 'edge-unreachable' : 'edge-answer-invalid',
  )
}

/**
 * Asks for something that is checked before anybody sees it. Where it came wrong or broke off, asks once more
 * past the browser's HTTP cache, which would otherwise give the same wrong bytes to every later visit.
 * Rejects with what `read` throws, the code that the edge refused with, `edge-unreachable`,
 * `edge-answer-invalid`, or whatever reason the signal was aborted with.
 */
export async function fetchChecked<Value>(
  signal: AbortSignal,
  request: CheckedRequest<Value>,
): Promise<Value> {
  try {
    return await fetchOnce(signal, request.cache ?? 'no-cache', request)
  } catch (thrown) {
    if (signal.aborted || !(thrown instanceof CacheNetError)) throw thrown
    if (!spoiled.has(thrown.code) && !(thrown instanceof BrokenOff)) throw thrown
    return await fetchOnce(signal, 'reload', request)
  }
}
