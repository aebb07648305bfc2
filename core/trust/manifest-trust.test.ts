import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleKey } from '../testing/sample-key.ts'
import { CacheNetError } from '../wire/errors.ts'
import { fingerprintOf } from './fingerprint.ts'
import { createDeviceTrust, type DeviceTrust } from './manifest-trust.ts'
import { createMemoryPins } from './memory-pins.ts'
import { refusalOf, refusalText, refused, type Refusal } from './refusal.ts'
import type { Signer } from './signature.ts'

const [first = '', second = ''] = [1, 2].map((seed) => sampleKey(seed).publicKey)
const by = (publicKey: string, revision: number): Signer => ({ publicKey, revision })
const onDevice = (pins = createMemoryPins(), origin = 'https://a.test'): DeviceTrust =>
  createDeviceTrust(pins, () => origin)

async function refusing(
  trust: DeviceTrust,
  signer: Signer | undefined,
  bundleId = 'people',
): Promise<CacheNetError | undefined> {
  try {
    await trust.admit(bundleId, signer)
    return undefined
  } catch (thrown) {
    return CacheNetError.from(thrown)
  }
}
const code = async (...asked: Parameters<typeof refusing>): Promise<string> =>
  (await refusing(...asked))?.code ?? 'taken'

/** What a person would accept of an error, after it went over a wire. */
function overTheWire(error: CacheNetError | undefined): Refusal {
  const refusal = refusalOf(CacheNetError.fromBody(JSON.parse(JSON.stringify(error?.toBody()))))
  if (refusal === undefined) throw new Error('It is no refusal.')
  return refusal
}

describe('the trust of a device', () => {
  it('takes bundles that nobody signed, one after the other', async () => {
    const trust = onDevice()
    expect(await code(trust, undefined)).toBe('taken')
    expect(await code(trust, undefined)).toBe('taken')
  })

  it('holds to the first key that it sees, also of a bundle that was unsigned before', async () => {
    const trust = onDevice()
    await trust.admit('people', undefined)
    expect(await code(trust, by(first, 5))).toBe('taken')
    expect(await code(trust, by(first, 5))).toBe('taken')
    expect(await code(trust, undefined)).toBe('bundle-unsigned')
    expect(await code(trust, by(second, 9))).toBe('bundle-key-changed')
    // What was refused has changed nothing.
    expect(await code(trust, by(first, 6))).toBe('taken')
    expect(await code(trust, by(first, 5))).toBe('bundle-rolled-back')
  })

  it('has keys of its own for each bundle and each edge', async () => {
    const pins = createMemoryPins()
    await onDevice(pins).admit('people', by(first, 5))
    expect(await code(onDevice(pins), by(second, 1), 'walkers')).toBe('taken')
    expect(await code(onDevice(pins, 'https://b.test'), by(second, 1))).toBe('taken')
    expect(await code(onDevice(pins), by(second, 1))).toBe('bundle-key-changed')
  })

  it('shows both fingerprints, and takes the new key once a person does', async () => {
    const trust = onDevice()
    await trust.admit('people', by(first, 5))
    const refusal = overTheWire(await refusing(trust, by(second, 1)))
    expect(refusalText(refusal)).toContain(fingerprintOf(first))
    expect(refusalText(refusal)).toContain(fingerprintOf(second))
    await trust.accept(refusal)
    expect(await code(trust, by(second, 1))).toBe('taken')
    expect(await code(trust, by(first, 6))).toBe('bundle-key-changed')
  })

  it('takes an older version, or one without a signature, once a person does; and then the newest again', async () => {
    const trust = onDevice()
    await trust.admit('people', by(first, 7))
    await trust.accept(overTheWire(await refusing(trust, by(first, 5))))
    expect(await code(trust, by(first, 5))).toBe('taken')
    expect(await code(trust, by(first, 4))).toBe('bundle-rolled-back')
    expect(await code(trust, by(first, 7))).toBe('taken')
    expect(await code(trust, by(first, 5))).toBe('bundle-rolled-back')
    await trust.accept(overTheWire(await refusing(trust, undefined)))
    expect(await code(trust, undefined)).toBe('taken')
  })

  it('never lets a key, a missing signature or an older version pass unasked, in whatever order they come', async () => {
    const offer = fc.option(fc.record({ publicKey: fc.constantFrom(first, second), revision: fc.nat(5) }), {
      nil: undefined,
    })
    await fc.assert(
      fc.asyncProperty(fc.array(offer, { maxLength: 30 }), async (offers) => {
        const trust = onDevice()
        let held: Signer | undefined
        for (const signer of offers) {
          const isTaken = (await code(trust, signer)) === 'taken'
          const isDue =
            held === undefined || (signer?.publicKey === held.publicKey && signer.revision >= held.revision)
          expect(isTaken).toBe(isDue)
          if (isTaken) held = signer ?? held
        }
      }),
    )
  })
})

describe('a refusal', () => {
  it('is read by its facts, whatever the words that came with them', () => {
    const facts: Refusal = {
      code: 'bundle-key-changed',
      bundleId: 'people',
      pinned: by(first, 1),
      found: by(second, 2),
    }
    const lying = new CacheNetError(
      'bundle-key-changed',
      `It is ${fingerprintOf(first)} as ever.`,
      refused(facts).details,
    )
    expect(refusalOf(lying)).toEqual(facts)
    expect(refusalText(facts)).toContain(fingerprintOf(second))
  })

  it('is none where facts are missing or are none', () => {
    for (const details of [
      {},
      { bundleId: '<b>', pinned: by(first, 1), found: null },
      { bundleId: 'people', pinned: by('x', 1), found: null },
    ]) {
      expect(refusalOf(new CacheNetError('bundle-key-changed', '', details))).toBeUndefined()
    }
    expect(refusalOf(new CacheNetError('bundle-signature-invalid', ''))).toBeUndefined()
  })
})

describe('fingerprintOf', () => {
  it('is the beginning of the hash, as sha256sum gives it', () => {
    // printf 00..00 (32 bytes) | sha256sum
    expect(fingerprintOf('00'.repeat(32))).toBe('6668 7aad f862 bd77 6c8f c18b 8e9f 8e20')
  })
})
