import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'

/** So much of the hash a person compares: nobody finds a second key with the same 128 bits. */
const shownBytes = 16

/**
 * What people compare of a public key (64 hexadecimal digits): the beginning of its SHA-256, in groups of
 * four digits.
 */
export function fingerprintOf(publicKey: string): string {
  const digits = bytesToHex(sha256(hexToBytes(publicKey)).subarray(0, shownBytes))
  return (digits.match(/.{4}/g) ?? []).join(' ')
}
