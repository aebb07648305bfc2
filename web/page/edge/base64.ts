import { CacheNetError } from '../../../core/wire/errors.ts'

/** Bytes out of base64 (RFC 4648, section 4). Throws `edge-answer-invalid` for anything else. */
export function base64Bytes(text: string): Uint8Array<ArrayBuffer> {
  let binary: string
  try {
    binary = atob(text)
  } catch (cause) {
    throw new CacheNetError(
      'edge-answer-invalid',
      'The edge sent a delta that cannot be read; the whole partition is fetched instead.',
      {},
      { cause },
    )
  }
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index)
  return bytes
}
