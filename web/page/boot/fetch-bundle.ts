import { createEdgeApi } from '../../../core/client/edge-api.ts'
import { fetchManifest as fetchFromEdge, type FetchedManifest } from '../../../core/client/fetch-manifest.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { BundleList } from '../../../core/wire/frames.ts'
import { readSource } from '../../messages/cache.ts'
import { readRefusal } from '../../messages/refusal.ts'
import { isControlled, takeAhead } from './fetch-ahead.ts'
import { deviceTrust } from './trust.ts'
import { within } from '../platform/within.ts'

const manifestLimitMs = 25_000
const listLimitMs = 8_000

interface Fetched<Value> {
  readonly value: Value
  /** It came from the edge just now, not out of the service worker's store. */
  readonly isFresh: boolean
  /** Why the edge's own was not taken, and this came out of the store instead. */
  readonly refusal: CacheNetError | undefined
}

/** Where an answer came from, as far as it is known yet. */
interface Way {
  isFresh: boolean
  refusal: CacheNetError | undefined
}

/**
 * Asks the edge that the page came from; its cookie is what lets the page in there, where not everybody is.
 */
async function ask<Value>(
  signal: AbortSignal,
  limitMs: number,
  call: (signal: AbortSignal, fetch: typeof globalThis.fetch, way: Way) => Promise<Value>,
): Promise<Fetched<Value>> {
  const way: Way = { isFresh: true, refusal: undefined }
  const fetchNoting: typeof fetch = async (input, init) => {
    // An edge may put on its answers what it likes; only of a service worker's do these headers say anything.
    const isThroughWorker = isControlled()
    const response = await ((typeof input === 'string' ? takeAhead(input, init?.signal) : undefined) ??
      fetch(input, init))
    way.isFresh = !isThroughWorker || readSource(response.headers) !== 'cache'
    way.refusal = isThroughWorker ? readRefusal(response.headers) : undefined
    return response
  }
  try {
    const value = await within(signal, limitMs, 'edge-timeout', (limited) => call(limited, fetchNoting, way))
    return { value, ...way }
  } catch (thrown) {
    const error = CacheNetError.from(thrown)
    if (error.code !== 'edge-unreachable') throw error
    throw new CacheNetError(
      error.code,
      'The edge cannot be reached, and this was not stored yet. Connect once to the network, then it works without.',
      error.details,
      { cause: error },
    )
  }
}

/**
 * The bundles that the edge serves, or served when it was last heard of. Rejects with `edge-…` codes and
 * `unauthorized`.
 */
export async function fetchBundleList(signal: AbortSignal): Promise<BundleList> {
  const { value } = await ask(signal, listLimitMs, (limited, fetch) =>
    createEdgeApi({ baseUrl: '', fetch }).listBundles(limited),
  )
  return value
}

/** A manifest, and how it came. */
export type ManifestFound = FetchedManifest & Omit<Fetched<unknown>, 'value'>

/**
 * A bundle's manifest, from the edge or as it was stored. Rejects with `bundle-unknown`, `manifest-…`,
 * `edge-…`, `unauthorized` and, where nothing is stored, those of `trustCodes`.
 */
export async function fetchManifest(signal: AbortSignal, bundleId: string): Promise<ManifestFound> {
  const { value, ...way } = await ask(signal, manifestLimitMs, (limited, fetch, came) =>
    fetchFromEdge(limited, {
      bundleId,
      fetch,
      // What was stored was admitted then: an accepted key, or an older version that was pushed aside, must
      // not lock the page out offline.
      trust: {
        prepare: () => deviceTrust.prepare?.(),
        admit: (id, signer) => (came.isFresh ? deviceTrust.admit(id, signer) : Promise.resolve()),
      },
    }),
  )
  return { ...value, ...way }
}
