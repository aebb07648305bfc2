import { sha256Hex } from '../bundle/hash.ts'
import { parseManifest } from '../bundle/parse-manifest.ts'
import type { Manifest } from '../bundle/manifest.ts'
import { checkSignature } from '../trust/check-signature.ts'
import type { ManifestTrust } from '../trust/manifest-trust.ts'
import type { Signer } from '../trust/signature.ts'
import { CacheNetError } from '../wire/errors.ts'
import { apiPaths, manifestHeader } from '../wire/frames.ts'
import { fetchChecked } from './fetch-checked.ts'
import { jsonOf } from './read-bounded.ts'

export interface FetchedManifest {
  readonly manifest: Manifest
  readonly text: string
  /** Of the manifest's bytes: names this version of the bundle. */
  readonly sha256: string
  /** Whose signature it carries; undefined where it carries none. */
  readonly signer: Signer | undefined
}

export interface ManifestRequest {
  readonly bundleId: string
  /** Whom to believe. */
  readonly trust: ManifestTrust
  readonly fetch: typeof fetch
  /** Where the edge is; empty for where the page came from. */
  readonly baseUrl?: string
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * The hash that an ETag names, also where a proxy has marked it as weak or said how it compressed; undefined
 * where it is no hash.
 */
const hashOfEtag = (etag: string | null): string | undefined =>
  /^(?:W\/)?"([0-9a-f]{64})(?:[-;][\w-]+)?"$/.exec(etag ?? '')?.[1]

/**
 * Hashes that the response gives for its body: the edge's ETag is one, and it says it once more in a header
 * of its own.
 */
const namedHashes = (headers: Headers): string[] =>
  [hashOfEtag(headers.get('ETag')), /^[0-9a-f]{64}$/.exec(headers.get(manifestHeader) ?? '')?.[0]].filter(
    (hash) => hash !== undefined,
  )

/**
 * The manifest that these bytes are. Rejects with `edge-answer-invalid`, `manifest-…` and
 * `bundle-signature-invalid`.
 */
async function readManifest(
  bytes: Uint8Array<ArrayBuffer>,
  bundleId: string,
  named: readonly string[] = [],
): Promise<FetchedManifest> {
  const sha256 = await sha256Hex(bytes)
  if (named.some((hash) => hash !== sha256)) {
    throw new CacheNetError(
      'edge-answer-invalid',
      'The manifest did not come as it was sent; it was thrown away. What is stored here still works.',
      { bundleId, expected: named, found: sha256 },
    )
  }
  const value = jsonOf(bytes)
  if (value === undefined) {
    throw new CacheNetError(
      'edge-answer-invalid',
      'What came from the edge cannot be read. Is this network asking for a login? What is stored here still works.',
      { bundleId },
    )
  }
  const manifest = parseManifest(value)
  if (manifest.id !== bundleId)
    throw new CacheNetError('manifest-invalid', 'The edge sent the manifest of another bundle.', {
      bundleId,
      found: manifest.id,
    })
  const signer = await checkSignature(value)
  // With its byte order mark, should it have one: the text has to be the bytes that were hashed.
  return { manifest, text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), sha256, signer }
}

/**
 * A bundle's manifest, held against the hash that the edge names and against the bundle that was asked for;
 * asked for once more past the HTTP cache where it came wrong. The one way in which page and service worker
 * get manifests. Rejects with `bundle-unknown`, `manifest-…`, `edge-…`, `unauthorized`, one of `trustCodes`,
 * or whatever reason the signal was aborted with.
 */
export function fetchManifest(
  signal: AbortSignal,
  { bundleId, trust, fetch, baseUrl = '', headers = {} }: ManifestRequest,
): Promise<FetchedManifest> {
  trust.prepare?.()
  return fetchChecked(signal, {
    url: `${baseUrl}${apiPaths.manifest(bundleId)}`,
    headers,
    fetch,
    async read(bytes, received) {
      const fetched = await readManifest(bytes, bundleId, namedHashes(received))
      await trust.admit(bundleId, fetched.signer)
      return fetched
    },
  })
}
