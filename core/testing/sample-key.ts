import { getPublicKey, hashes, sign } from '@noble/ed25519'
import { sha512 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { SigningKey } from '../trust/sign-manifest.ts'

/** A real key, and the same one each time: for tests only. */
export function sampleKey(seed: number): SigningKey {
  hashes.sha512 = sha512
  const secret = new Uint8Array(32).fill(seed)
  return { publicKey: bytesToHex(getPublicKey(secret)), sign: (message) => sign(message, secret) }
}
