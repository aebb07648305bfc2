import type { DeviceTrust } from '../../../core/trust/manifest-trust.ts'
import { refusalOf, refusalText, type Refusal } from '../../../core/trust/refusal.ts'
import type { CacheNetError } from '../../../core/wire/errors.ts'
import type { Notices } from '../state/notices.ts'

export interface RefusedBundlesOptions {
  readonly trust: Pick<DeviceTrust, 'accept'>
  readonly notices: Pick<Notices, 'show' | 'dismiss'>
  /** Opens the bundle that is wanted, by what is trusted now. */
  readonly reopen: () => Promise<void>
}

/** Bundles that were not taken because of who signed them, or did not; and the way to take one on purpose. */
export interface RefusedBundles {
  /** A stored version is open because the edge's own was refused; undefined where it was not. */
  tell(error: CacheNetError | undefined): void
  /** A person takes it. Never rejects. */
  accept(refusal: Refusal): Promise<void>
}

const labels: Readonly<Record<Refusal['code'], string>> = {
  'bundle-unsigned': 'Use it unsigned',
  'bundle-key-changed': 'Trust the new key',
  'bundle-rolled-back': 'Use the older version',
}

/** What the button says that takes it. */
export const acceptLabel = ({ code }: Refusal): string => labels[code]

/**
 * An error in words, made of its facts where it is a refusal: what came over the network may say anything.
 */
export function refusalWords(error: CacheNetError): string {
  const refusal = refusalOf(error)
  return refusal === undefined ? error.message : refusalText(refusal)
}

const about = 'trust'

export function createRefusedBundles({ trust, notices, reopen }: RefusedBundlesOptions): RefusedBundles {
  async function accept(refusal: Refusal): Promise<void> {
    await trust.accept(refusal)
    notices.dismiss(about)
    await reopen()
  }
  return {
    tell(error) {
      if (error === undefined) {
        notices.dismiss(about)
        return
      }
      const refusal = refusalOf(error)
      const message = `${refusalWords(error)} The version that is stored here goes on working.`
      const action =
        refusal === undefined ? undefined : { label: acceptLabel(refusal), run: () => void accept(refusal) }
      notices.show({ about, kind: 'error', code: error.code, message, action })
    },
    accept,
  }
}
