import { bytesToHex } from '@noble/hashes/utils.js'
import { isJsonObject, type JsonObject } from './signature.ts'
import { signedBytes } from './signed-bytes.ts'

export interface SigningKey {
  /** 32 bytes as 64 hexadecimal digits. */
  readonly publicKey: string
  /** The Ed25519 signature of a message: 64 bytes. */
  readonly sign: (message: Uint8Array<ArrayBuffer>) => Uint8Array
}

/** The revision that a manifest says it is, signed or not; 0 where it says none. */
export function revisionOf(manifest: unknown): number {
  const signature = isJsonObject(manifest) ? manifest['signature'] : undefined
  const revision = isJsonObject(signature) ? signature['revision'] : undefined
  return Number.isSafeInteger(revision) ? Math.max(0, Number(revision)) : 0
}

/**
 * A manifest with a signature, in place of the one that it had. It counts as newer than `before`, and than
 * whatever was signed up to now: signing an old bundle again is how its owner brings it back on purpose.
 *
 * @param before what lies in the bundle's folder now, where something does
 */
export function signManifest(
  manifest: JsonObject,
  key: SigningKey,
  nowMs: number,
  before: unknown = manifest,
): JsonObject {
  const revision = Math.max(Math.floor(nowMs / 1000), revisionOf(before) + 1)
  const unsigned = { ...manifest, signature: { algorithm: 'Ed25519', publicKey: key.publicKey, revision } }
  return {
    ...unsigned,
    signature: { ...unsigned.signature, value: bytesToHex(key.sign(signedBytes(unsigned))) },
  }
}
