import { hashes, verify } from '@noble/ed25519'
import { sha512 } from '@noble/hashes/sha2.js'

hashes.sha512 = sha512

/**
 * As RFC 8032 has it, in JavaScript: for browsers without Ed25519, and for pages over http, which have no
 * WebCrypto at all.
 */
export function verifyPortably(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(signature, message, publicKey, { zip215: false })
  } catch {
    // Not even of the right form.
    return false
  }
}
