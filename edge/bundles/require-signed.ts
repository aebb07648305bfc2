import { checkSignature } from '../../core/trust/check-signature.ts'
import { fingerprintOf } from '../../core/trust/fingerprint.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { StoredBundle } from './stored-bundle.ts'

/**
 * Rejects with `bundle-unsigned`, `bundle-signature-invalid` or `bundle-key-changed` unless one of these keys
 * signed the bundle. Which version it is does not matter here: whoever runs the edge may put an older one
 * back. Phones ask first.
 *
 * @param keys public keys, each as 64 hexadecimal digits
 */
export async function requireSigned(
  { manifest, manifestBytes }: StoredBundle,
  keys: ReadonlySet<string>,
): Promise<void> {
  const signer = await checkSignature(JSON.parse(new TextDecoder().decode(manifestBytes)))
  const wanted = [...keys].map(fingerprintOf)
  if (signer === undefined) {
    throw new CacheNetError(
      'bundle-unsigned',
      `It has no signature, and --keys asks for one. Sign it where the key is: npm run keys -- sign public/bundles/${manifest.id}`,
      { wanted },
    )
  }
  if (keys.has(signer.publicKey)) return
  const found = fingerprintOf(signer.publicKey)
  throw new CacheNetError(
    'bundle-key-changed',
    `It is signed with the key ${found}, and --keys names ${wanted.join(', ')}.`,
    { found, wanted },
  )
}
