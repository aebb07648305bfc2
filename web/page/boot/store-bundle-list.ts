import type { BundleHolder } from '../state/bundle.ts'
import { fetchBundleList } from './fetch-bundle.ts'

/**
 * What was fetched before the service worker took over went past it: the list is asked for again, for an
 * offline start. Never rejects.
 */
export async function storeBundleList(bundle: Pick<BundleHolder, 'whenOpen'>): Promise<void> {
  try {
    await bundle.whenOpen()
    await fetchBundleList(new AbortController().signal)
  } catch {
    // The next visit asks again.
  }
}
