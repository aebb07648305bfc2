import { parseManifest, type Manifest } from '../../core/bundle/manifest.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { apiPaths, bundleListSchema, type BundleList } from '../../core/wire/frames.ts'
import { readSource } from '../messages/cache.ts'
import { within } from './within.ts'

const manifestLimitMs = 25_000
const listLimitMs = 8_000

interface Fetched {
  readonly body: unknown
  /** It came from the edge just now, not out of the service worker's store. */
  readonly isFresh: boolean
}

async function fetchJson(signal: AbortSignal, path: string, limitMs: number): Promise<Fetched> {
  return within(signal, limitMs, 'edge-timeout', async (limited) => {
    let response: Response
    let body: unknown
    try {
      response = await fetch(path, { signal: limited })
      body = await response.json().catch(() => undefined)
    } catch (cause) {
      throw new CacheNetError('edge-unreachable', 'The edge cannot be reached, and this was not stored yet. Connect once to the network, then it works without.', { path }, { cause })
    }
    if (!response.ok) throw CacheNetError.fromBody(body, 'edge-unreachable')
    return { body, isFresh: readSource(response.headers) !== 'cache' }
  })
}

/** The bundles that the edge serves, or served when it was last heard of. Rejects with `edge-…` codes. */
export async function fetchBundleList(signal: AbortSignal): Promise<BundleList> {
  const { body } = await fetchJson(signal, apiPaths.bundles, listLimitMs)
  const parsed = bundleListSchema.safeParse(body)
  if (!parsed.success) throw new CacheNetError('edge-answer-invalid', 'The edge’s list of bundles cannot be read. Is this network asking for a login?')
  return parsed.data
}

/** A bundle's manifest, from the edge or as it was stored. Rejects with `bundle-unknown`, `manifest-…` and `edge-…` codes. */
export async function fetchManifest(signal: AbortSignal, bundleId: string): Promise<{ manifest: Manifest; isFresh: boolean }> {
  const { body, isFresh } = await fetchJson(signal, apiPaths.manifest(bundleId), manifestLimitMs)
  return { manifest: parseManifest(body), isFresh }
}
