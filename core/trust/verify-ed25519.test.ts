import { hexToBytes } from '@noble/hashes/utils.js'
import { describe, expect, it } from 'vitest'
import { sampleKey } from '../testing/sample-key.ts'
import { verifyPortably } from './portable-ed25519.ts'
import { verifyEd25519 } from './verify-ed25519.ts'

const bytes = (hex: string): Uint8Array<ArrayBuffer> => new Uint8Array(hexToBytes(hex))
/** As browsers do that have WebCrypto, and no Ed25519 in it. */
const without = {
  importKey: () => Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError')),
} as unknown as SubtleCrypto

const ways: [string, typeof verifyEd25519][] = [
  ['by WebCrypto', verifyEd25519],
  [
    'where WebCrypto has no Ed25519',
    (key, message, signature) => verifyEd25519(key, message, signature, without),
  ],
  [
    'where there is no WebCrypto',
    (key, message, signature) => Promise.resolve(verifyPortably(key, message, signature)),
  ],
]

describe.each(ways)('verifyEd25519 %s', (_, verify) => {
  // RFC 8032, section 7.1, test 3.
  const key = bytes('fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025')
  const message = bytes('af82')
  const signature = bytes(
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  )

  it('takes the signature of the standard, and none that differs from it in a bit', async () => {
    expect(await verify(key, message, signature)).toBe(true)
    for (let bit = 0; bit < 512; bit += 37) {
      const altered = signature.slice()
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(await verify(key, message, altered)).toBe(false)
    }
    expect(await verify(key, bytes('af83'), signature)).toBe(false)
    expect(await verify(bytes('00'.repeat(32)), message, signature)).toBe(false)
    expect(await verify(new Uint8Array(32).fill(255), message, signature)).toBe(false)
  })

  it('takes what WebCrypto signs, and what the key of the tests signs', async () => {
    const pair = await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify'])
    if (!('privateKey' in pair)) throw new Error('It is no pair of keys.')
    const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
    const itsSignature = new Uint8Array(
      await crypto.subtle.sign({ name: 'Ed25519' }, pair.privateKey, message),
    )
    expect(await verify(raw, message, itsSignature)).toBe(true)
    const sample = sampleKey(1)
    expect(await verify(bytes(sample.publicKey), message, new Uint8Array(sample.sign(message)))).toBe(true)
    expect(await verify(bytes(sample.publicKey), message, new Uint8Array(sampleKey(2).sign(message)))).toBe(
      false,
    )
  })
})
