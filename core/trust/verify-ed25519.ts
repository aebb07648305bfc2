import { CacheNetError } from '../wire/errors.ts'

type Bytes = Uint8Array<ArrayBuffer>

const algorithm = { name: 'Ed25519' }

/** Undefined where this browser has no WebCrypto here, no Ed25519 in it, or takes the key for none. */
async function importKey(subtle: SubtleCrypto | undefined, publicKey: Bytes): Promise<CryptoKey | undefined> {
  try {
    return await subtle?.importKey('raw', publicKey, algorithm, false, ['verify'])
  } catch {
    return undefined
  }
}

/** Fetched when it is first needed: most phones never do. */
async function loadPortable() {
  try {
    return (await import('./portable-ed25519.ts')).verifyPortably
  } catch (cause) {
    const message =
      'The part of the app that checks signatures did not come. It is asked for again with the next attempt.'
    throw new CacheNetError('edge-unreachable', message, {}, { cause })
  }
}

/**
 * Whether the signature is that key's, over that message (RFC 8032).
 *
 * @param publicKey 32 bytes
 * @param signature 64 bytes
 */
export async function verifyEd25519(
  publicKey: Bytes,
  message: Bytes,
  signature: Bytes,
  subtle: SubtleCrypto | undefined = (crypto as { readonly subtle?: SubtleCrypto }).subtle,
): Promise<boolean> {
  const key = await importKey(subtle, publicKey)
  if (subtle !== undefined && key !== undefined) return subtle.verify(algorithm, key, signature, message)
  return (await loadPortable())(publicKey, message, signature)
}
