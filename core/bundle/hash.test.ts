import { afterEach, describe, expect, it, vi } from 'vitest'
import { sha256Hex, verifyBlob } from './hash.ts'

const bytes = new Uint8Array(new TextEncoder().encode('abc'))
/** FIPS 180-4, example B.1. */
const digest = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

describe('sha256Hex', () => {
  it('is the digest of the standard', async () => {
    expect(await sha256Hex(bytes)).toBe(digest)
  })

  it('is the same where the browser offers no WebCrypto, as on a page over http://', async () => {
    vi.stubGlobal('crypto', {})
    vi.resetModules()
    const { sha256Hex: withoutWebCrypto } = await import('./hash.ts')
    expect(await withoutWebCrypto(bytes)).toBe(digest)
  })
})

describe('verifyBlob', () => {
  it('passes what the reference names', async () => {
    await expect(verifyBlob(bytes, { bytes: 3, sha256: digest })).resolves.toBeUndefined()
  })

  it('tells a truncated blob from an altered one', async () => {
    await expect(verifyBlob(bytes.slice(1), { bytes: 3, sha256: digest })).rejects.toMatchObject({
      code: 'blob-truncated',
    })
    await expect(verifyBlob(Uint8Array.of(1, 2, 3), { bytes: 3, sha256: digest })).rejects.toMatchObject({
      code: 'blob-altered',
    })
  })
})
