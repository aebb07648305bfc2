import { createEdgeApi } from '../../core/client/edge-api.ts'
import { fetchManifest as fetchFromEdge, type FetchedManifest } from '../../core/client/fetch-manifest.ts'
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
async function ask<Value>(signal: AbortSignal, limitMs: number, call: (signal: AbortSignal, fetch: typeof globalThis.fetch) => Promise<Value>): Promise<Fetched<Value>> {
  let isFresh = true
  const fetchNoting: typeof fetch = async (input, init) => {
    const response = await ((typeof input === 'string' ? takeAhead(input, init?.signal) : undefined) ?? fetch(input, init))
    isFresh = readSource(response.headers) !== 'cache'
    return response
  }
  try {
    const value = await within(signal, limitMs, 'edge-timeout', (limited) => call(limited, fetchNoting))
    return { value, isFresh }
  } catch (thrown) {
    const error = CacheNetError.from(thrown)
    if (error.code !== 'edge-unreachable') throw error
    throw new CacheNetError(error.code, 'The edge cannot be reached, and this was not stored yet. Connect once to the network, then it works without.', error.details, { cause: error })
  }
}

/** The bundles that the edge serves, or served when it was last heard of. Rejects with `edge-…` codes and `unauthorized`. */
export async function fetchBundleList(signal: AbortSignal): Promise<BundleList> {
  const { value } = await ask(signal, listLimitMs, (limited, fetch) => createEdgeApi({ baseUrl: '', fetch }).listBundles(limited))
  return value
}

/** A bundle's manifest, from the edge or as it was stored. Rejects with `bundle-unknown`, `manifest-…`, `edge-…` and `unauthorized`. */
export async function fetchManifest(signal: AbortSignal, bundleId: string): Promise<FetchedManifest & { readonly isFresh: boolean }> {
  const { value, isFresh } = await ask(signal, manifestLimitMs, (limited, fetch) => fetchFromEdge(limited, { bundleId, fetch }))
  return { ...value, isFresh }
}
