import * as z from 'zod/mini'
import { identifierPattern } from '../bundle/identifier.ts'
import { CacheNetError, type ErrorCode } from '../wire/errors.ts'
import { fingerprintOf } from './fingerprint.ts'

const signerSchema = z.object({
  publicKey: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  revision: z.int().check(z.nonnegative()),
})

const refusalSchema = z.object({
  code: z.enum(['bundle-unsigned', 'bundle-key-changed', 'bundle-rolled-back']),
  bundleId: z.string().check(z.regex(identifierPattern)),
  /** What this device holds to. */
  pinned: signerSchema,
  /** What came instead; null where it was not signed. */
  found: z.nullable(signerSchema),
})

/** A bundle that a device did not take, and that a person may take on purpose. */
export type Refusal = z.infer<typeof refusalSchema>

/** What is wrong with who signed a bundle. */
export const trustCodes: ReadonlySet<ErrorCode> = new Set([
  'bundle-unsigned',
  'bundle-key-changed',
  'bundle-rolled-back',
  'bundle-signature-invalid',
])

/** A revision as people read it: to the second, since that is what it counts. */
export const revisionText = (revision: number): string =>
  revision > 8e12
    ? String(revision)
    : `${new Date(revision * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`

/** The refusal in words, made of its facts alone: what comes over a wire may say anything. */
export function refusalText({ code, bundleId, pinned, found }: Refusal): string {
  const before = fingerprintOf(pinned.publicKey)
  switch (code) {
    case 'bundle-unsigned':
      return `The edge offers the bundle ${bundleId} without a signature. This device has had it signed, with the key ${before}, and did not take it.`
    case 'bundle-key-changed':
      return (
        `The edge offers the bundle ${bundleId} signed with another key, and this device did not take it. ` +
        `Key until now: ${before}. Key that came: ${found === null ? 'none' : fingerprintOf(found.publicKey)}. ` +
        'Trust it only if whoever made the bundle names the same one (npm run keys -- show).'
      )
    case 'bundle-rolled-back':
      return (
        `The edge offers an older version of the bundle ${bundleId}, and this device did not take it. ` +
        `Signed ${revisionText(found?.revision ?? 0)}; this device has had the one of ${revisionText(pinned.revision)}. Key of both: ${before}.`
      )
    default:
      return code satisfies never
  }
}

export const refused = (refusal: Refusal): CacheNetError => {
  const { code, ...details } = refusal
  return new CacheNetError(code, refusalText(refusal), details)
}

/** The refusal that an error is, also after it came over a wire; undefined for any other error. */
export function refusalOf({ code, details }: Pick<CacheNetError, 'code' | 'details'>): Refusal | undefined {
  const parsed = refusalSchema.safeParse({ ...details, code })
  return parsed.success ? parsed.data : undefined
}

/** @param manifest as it was parsed from JSON; its id goes into the words where it has one */
export function invalidSignature(manifest: Readonly<Record<string, unknown>>): CacheNetError {
  const { id } = manifest
  const name = typeof id === 'string' && identifierPattern.test(id) ? ` ${id}` : ''
  return new CacheNetError(
    'bundle-signature-invalid',
    `The signature of the bundle${name} does not fit what came with it: something was altered after it was signed. It was not taken.`,
    { ...(name === '' ? {} : { bundleId: id }) },
  )
}
