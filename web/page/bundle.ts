import { createEdgeApi, type EdgeApi } from '../../core/client/edge-api.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { BundleList } from '../../core/wire/frames.ts'
import { readSource } from '../messages/cache.ts'
import { takeAhead } from './fetch-ahead.ts'
import { within } from './within.ts'

const manifestLimitMs = 25_000
const listLimitMs = 8_000

interface Fetched<Value> {
  readonly value: Value
  /** It came from the edge just now, not out of the service worker's store. */
  readonly isFresh: boolean
}

/** Asks the edge that the page came from; its cookie is what lets the page in there, where not everybody is. */
async function ask<Value>(signal: AbortSignal, limitMs: number, call: (api: EdgeApi, signal: AbortSignal) => Promise<Value>): Promise<Fetched<Value>> {
  let isFresh = true
  const fetchNoting: typeof fetch = async (input, init) => {
    const response = await ((typeof input === 'string' ? takeAhead(input) : undefined) ?? fetch(input, init))
    isFresh = readSource(response.headers) !== 'cache'
    return response
  }
  const api = createEdgeApi({ baseUrl: '', fetch: fetchNoting })
  try {
    const value = await within(signal, limitMs, 'edge-timeout', (limited) => call(api, limited))
    return { value, isFresh }
  } catch (thrown) {
    const error = CacheNetError.from(thrown)
    if (error.code !== 'edge-unreachable') throw error
    throw new CacheNetError(error.code, 'The edge cannot be reached, and this was not stored yet. Connect once to the network, then it works without.', error.details, { cause: error })
  }
}

/** The bundles that the edge serves, or served when it was last heard of. Rejects with `edge-…` codes and `unauthorized`. */
export async function fetchBundleList(signal: AbortSignal): Promise<BundleList> {
  const { value } = await ask(signal, listLimitMs, (api, limited) => api.listBundles(limited))
  return value
}

/** A bundle's manifest, from the edge or as it was stored. Rejects with `bundle-unknown`, `manifest-…`, `edge-…` and `unauthorized`. */
export async function fetchManifest(signal: AbortSignal, bundleId: string): Promise<{ manifest: Manifest; isFresh: boolean }> {
  const { value, isFresh } = await ask(signal, manifestLimitMs, (api, limited) => api.manifest(limited, bundleId))
  return { manifest: value, isFresh }
}
