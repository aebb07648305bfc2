import { trustCodes } from '../../../core/trust/refusal.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { fetchManifest } from './fetch-bundle.ts'
import type { OpenedBundle } from './open-bundle.ts'
import type { RefusedBundles } from './refused-bundles.ts'
import type { BundleHolder } from '../state/bundle.ts'
import type { Notices } from '../state/notices.ts'

export interface ManifestWatchOptions {
  readonly bundle: Pick<BundleHolder, 'open' | 'opened'>
  readonly fetchManifest: typeof fetchManifest
  readonly notices: Pick<Notices, 'show' | 'showError'>
  readonly refusedBundles: Pick<RefusedBundles, 'tell'>
  readonly nowMs?: () => number
}

/** Loads a bundle anew that was replaced under its id while it was open here. */
export interface ManifestWatch {
  /** The edge seems to have another version. Looks, at most once in a while, and never rejects. */
  doubt(): void
}

/** An edge that goes on saying so is not asked again for the manifest before this. */
const pauseMs = 10_000

export function createManifestWatch({
  bundle,
  fetchManifest,
  notices,
  refusedBundles,
  nowMs = () => performance.now(),
}: ManifestWatchOptions): ManifestWatch {
  let looking: OpenedBundle | undefined
  let notBeforeMs = -Infinity

  async function look(current: OpenedBundle): Promise<void> {
    const { id } = current.manifest
    const { sha256, isFresh, refusal } = await fetchManifest(new AbortController().signal, id)
    if (refusal !== undefined && bundle.opened.value === current) refusedBundles.tell(refusal)
    // Out of the store it says nothing of the edge; and meanwhile another bundle may have been opened.
    if (!isFresh || bundle.opened.value !== current) return
    if (sha256 === current.manifestSha256) {
      const message =
        'The edge answers by another version of this bundle than it lets this page load. Its answers are not shown; this device answers, and marks what it is not certain of.'
      notices.show({ about: 'bundle', kind: 'warning', code: 'bundle-changed', message })
      return
    }
    await bundle.open()
    if (bundle.opened.peek() === undefined) return
    const message =
      'This bundle was replaced at the edge, and the new version is loaded now. The stream was stopped: names and networks are other ones. Start it again.'
    notices.show({ about: 'bundle', kind: 'info', code: 'bundle-changed', message })
  }

  return {
    doubt() {
      const current = bundle.opened.value
      if (current === undefined || looking === current || nowMs() < notBeforeMs) return
      looking = current
      notBeforeMs = nowMs() + pauseMs
      void look(current)
        .catch((thrown: unknown) => {
          const error = CacheNetError.from(thrown)
          // An edge that is away says so elsewhere.
          if (error.code === 'bundle-unknown') notices.showError('bundle', error)
          else if (trustCodes.has(error.code)) refusedBundles.tell(error)
        })
        .finally(() => (looking = undefined))
    },
  }
}
