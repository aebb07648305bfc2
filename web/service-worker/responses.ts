import type { BlobOrigin } from '../../core/cache/blob-source.ts'
import type { CacheNetError } from '../../core/wire/errors.ts'
import { manifestHeader } from '../../core/wire/frames.ts'
import { encodeRefusal, refusalHeader } from '../messages/refusal.ts'
import { sourceHeader } from '../messages/cache.ts'
import type { ManifestText } from './manifest-store.ts'

/**
 * What the edge sends with every response; without them a cross-origin isolated page refuses what the service
 * worker answers.
 */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
}

export const blobResponse = (bytes: Uint8Array<ArrayBuffer>, source: BlobOrigin): Response =>
  new Response(bytes, {
    headers: {
      ...isolation,
      'Content-Type': 'application/octet-stream',
      'Content-Length': String(bytes.byteLength),
      [sourceHeader]: source,
    },
  })

export const jsonResponse = (text: string, source: BlobOrigin): Response =>
  new Response(text, {
    headers: { ...isolation, 'Content-Type': 'application/json', [sourceHeader]: source },
  })

/**
 * With its hash, by which whoever gets it checks it once more.
 *
 * @param refusal why it is this one, and not what the edge offers
 */
export const manifestResponse = (
  { text, sha256 }: ManifestText,
  source: BlobOrigin,
  refusal?: CacheNetError,
): Response => {
  const response = jsonResponse(text, source)
  response.headers.set(manifestHeader, sha256)
  if (refusal !== undefined) response.headers.set(refusalHeader, encodeRefusal(refusal))
  return response
}

/** As the edge would say it, so that a page needs to understand one kind of refusal. */
export const errorResponse = (error: CacheNetError): Response =>
  new Response(JSON.stringify(error.toBody()), {
    status: error.status,
    headers: { ...isolation, 'Content-Type': 'application/json' },
  })
