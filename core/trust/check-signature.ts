import { hexToBytes } from '@noble/hashes/utils.js'
import { CacheNetError } from '../wire/errors.ts'
import { invalidSignature } from './refusal.ts'
import { isJsonObject, readSignature, type Signer } from './signature.ts'
import { signedBytes } from './signed-bytes.ts'
import { verifyEd25519 } from './verify-ed25519.ts'

const bytesOf = (hex: string): Uint8Array<ArrayBuffer> => new Uint8Array(hexToBytes(hex))

/**
 * Who signed a manifest; undefined where nobody did. That the key is a known one is for the caller to say.
 * Rejects with `bundle-signature-invalid` where the signature does not fit what the manifest says.
 *
 * @param manifest as it was parsed from JSON, with nothing added and nothing left out
 */
export async function checkSignature(manifest: unknown): Promise<Signer | undefined> {
  const signature = isJsonObject(manifest) ? readSignature(manifest) : undefined
  if (signature === undefined || !isJsonObject(manifest)) return undefined
  const { publicKey, revision, value } = signature
  let isGood: boolean
  try {
    isGood = await verifyEd25519(bytesOf(publicKey), signedBytes(manifest), bytesOf(value))
  } catch (thrown) {
    if (thrown instanceof CacheNetError) throw thrown
    throw invalidSignature(manifest)
  }
  if (!isGood) throw invalidSignature(manifest)
  return { publicKey, revision }
}
