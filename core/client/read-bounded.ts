import { CacheNetError } from '../wire/errors.ts'

/** Bundles of a thousand classes stay below it; what is larger is no manifest, no list and no answer. */
export const bodyLimitBytes = 4 * 2 ** 20

function tooLong(path: string, limitBytes: number): CacheNetError {
  return new CacheNetError(
    'edge-answer-invalid',
    'What came is far too large to be what was asked for; it was thrown away. Is this the right network?',
    { path, limitBytes },
  )
}

/**
 * The body of a response, but no more than `limitBytes` of it: whoever stands between phone and edge may send
 * as much as they like. Rejects with `edge-answer-invalid` where there is more, and as the stream does where
 * it breaks off.
 */
export async function readBounded(
  response: Response,
  path: string,
  limitBytes = bodyLimitBytes,
): Promise<Uint8Array<ArrayBuffer>> {
  if (response.body === null) return new Uint8Array(0)
  const reader = response.body.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    if (Number(response.headers.get('Content-Length') ?? 0) > limitBytes) throw tooLong(path, limitBytes)
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      length += value.byteLength
      if (length > limitBytes) throw tooLong(path, limitBytes)
      chunks.push(value)
    }
  } finally {
    // Stops the rest of the body where there is one; there is nobody left to hear how that went.
    void reader.cancel().catch(() => undefined)
  }
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

/** JSON in UTF-8, or undefined where the bytes are none. */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}
