import type { VNode } from 'preact'
import { fingerprintOf } from '../../../../core/trust/fingerprint.ts'
import { revisionText } from '../../../../core/trust/refusal.ts'
import { usePage } from '../page-context.ts'

/** Who signed the bundle that is open. */
export function BundleSigner(): VNode | null {
  const { app } = usePage()
  const bundle = app.bundle.opened.value
  if (bundle === undefined) return null
  const { signer, manifest } = bundle
  return (
    <ul class="facts">
      <li data-testid="bundle-signer" data-signed={signer !== undefined}>
        {signer === undefined
          ? `The bundle ${manifest.id} is unsigned: this device believes whatever its edge sends. Once it was signed, it will take no other key.`
          : `The bundle ${manifest.id} is signed, ${revisionText(signer.revision)}. Key: ${fingerprintOf(signer.publicKey)}. This device takes no other without asking.`}
      </li>
    </ul>
  )
}
