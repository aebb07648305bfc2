import { CacheNetError } from '../wire/errors.ts'
import { sha256 } from '@noble/hashes/sha2.js'

/**
 * Browsers offer WebCrypto in secure contexts only: not to a page that a phone opens over http:// from an
 * edge in its own network.
 */
const webCrypto = (crypto as { readonly subtle?: SubtleCrypto }).subtle

/** SHA-256 of bytes as 64 hexadecimal digits. */
export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest =
    webCrypto === undefined ? sha256(bytes) : new Uint8Array(await webCrypto.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Throws `blob-truncated` or `blob-altered` unless the bytes are exactly those that the reference names. */
export async function verifyBlob(
  bytes: Uint8Array<ArrayBuffer>,
  expected: { bytes: number; sha256: string },
): Promise<void> {
  if (bytes.byteLength !== expected.bytes) {
    throw new CacheNetError(
      'blob-truncated',
      'A download ended at another length than the manifest says; it was thrown away.',
      {
        expectedBytes: expected.bytes,
        foundBytes: bytes.byteLength,
        sha256: expected.sha256,
      },
    )
  }
  const found = await sha256Hex(bytes)
  if (found !== expected.sha256) {
    throw new CacheNetError(
      'blob-altered',
      'A download is not what the manifest names; it was thrown away.',
      {
        expected: expected.sha256,
        found,
      },
    )
  }
}
