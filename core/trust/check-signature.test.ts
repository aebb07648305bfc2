import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSampleBundle } from '../testing/sample-bundle.ts'
import { sampleKey } from '../testing/sample-key.ts'
import { CacheNetError } from '../wire/errors.ts'
import { checkSignature } from './check-signature.ts'
import { revisionOf, signManifest } from './sign-manifest.ts'
import { isJsonObject, type JsonObject } from './signature.ts'
import { signedBytes } from './signed-bytes.ts'

const key = sampleKey(1)
const nowMs = Date.parse('2026-05-01T00:00:00Z')
const parsed = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject
const manifest = parsed((await createSampleBundle()).manifest)
const signed = parsed(signManifest(manifest, key, nowMs))
const codeOf = (value: unknown): Promise<unknown> =>
  checkSignature(value).then(
    () => 'taken',
    (thrown: unknown) => CacheNetError.from(thrown).code,
  )

/** The paths of all that is neither object nor list. */
const leaves = (value: unknown, path: string[] = []): string[][] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, name]))
    : [path]

function alteredAt(value: JsonObject, path: readonly string[]): JsonObject {
  const copy = structuredClone(value) as Record<string, unknown>
  let place = copy
  for (const name of path.slice(0, -1)) place = place[name] as Record<string, unknown>
  const name = path.at(-1) ?? ''
  const before = place[name]
  place[name] =
    typeof before === 'number' ? before + 1 : typeof before === 'boolean' ? !before : `${String(before)}x`
  return copy
}

describe('signedBytes', () => {
  it('is canonical JSON as RFC 8785 has it', () => {
    // Its section 3.2.2, and what became of it there.
    const sample: unknown = JSON.parse(
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    )
    const text = new TextDecoder().decode(signedBytes({ sample }))
    expect(text).toBe(
      'cachenet-manifest-v1\n{"sample":{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"},"signature":{}}',
    )
  })
})

describe('checkSignature', () => {
  it('says who signed, and which version it is', async () => {
    expect(await checkSignature(signed)).toEqual({ publicKey: key.publicKey, revision: nowMs / 1000 })
    expect(await checkSignature(manifest)).toBeUndefined()
  })

  it('holds whatever became of spaces and of the order of names', async () => {
    const reversed = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(reversed)
        : isJsonObject(value)
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([name, inner]) => [name, reversed(inner)]),
            )
          : value
    expect(JSON.stringify(reversed(signed))).not.toBe(JSON.stringify(signed))
    expect(await codeOf(JSON.parse(JSON.stringify(reversed(signed), null, 4)))).toBe('taken')
  })

  it('refuses a manifest of which any one value was altered', async () => {
    const paths = leaves(signed)
    expect(paths.length).toBeGreaterThan(80)
    for (const path of paths)
      expect([path, await codeOf(alteredAt(signed, path))]).toEqual([path, 'bundle-signature-invalid'])
  })

  it('refuses what was added or taken away', async () => {
    expect(await codeOf({ ...signed, more: 1 })).toBe('bundle-signature-invalid')
    expect(await codeOf({ ...signed, signature: { ...(signed['signature'] as object), more: 1 } })).toBe(
      'bundle-signature-invalid',
    )
    expect(await codeOf({ ...signed, partitions: (signed['partitions'] as unknown[]).slice(1) })).toBe(
      'bundle-signature-invalid',
    )
    expect(
      await codeOf(JSON.parse(JSON.stringify(signed).replace('{', '{"__proto__":{"id":"another"},'))),
    ).toBe('bundle-signature-invalid')
  })

  it('refuses another key under the same signature, and any signature that is none', async () => {
    const signature = signed['signature'] as JsonObject
    for (const wrong of [
      null,
      1,
      'x',
      [],
      {},
      { ...signature, publicKey: sampleKey(2).publicKey },
      { ...signature, algorithm: 'none' },
      { ...signature, value: '' },
      { ...signature, value: '0'.repeat(128) },
    ]) {
      expect(await codeOf({ ...signed, signature: wrong })).toBe('bundle-signature-invalid')
    }
    let deep: unknown = 1
    for (let depth = 0; depth < 20_000; depth++) deep = [deep]
    expect(await codeOf({ ...signed, deep })).toBe('bundle-signature-invalid')
  })

  it('takes any JSON that was signed as it is, and nothing but it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), async (value) => {
        const before = parsed(value)
        expect(await codeOf(parsed(signManifest(before, key, nowMs)))).toBe('taken')
      }),
      { numRuns: 25 },
    )
  })
})

describe('signManifest', () => {
  it('is newer than what is there, also where the clock is not', () => {
    expect(revisionOf(signed)).toBe(nowMs / 1000)
    expect(revisionOf(signManifest(signed, key, nowMs))).toBe(nowMs / 1000 + 1)
    expect(revisionOf(signManifest(signed, key, 0))).toBe(nowMs / 1000 + 1)
    expect(revisionOf(signManifest(manifest, key, nowMs - 5_000, signed))).toBe(nowMs / 1000 + 1)
    expect(
      [{}, null, { signature: { revision: -1 } }, { signature: { revision: 'x' } }].map(revisionOf),
    ).toEqual([0, 0, 0, 0])
  })
})
