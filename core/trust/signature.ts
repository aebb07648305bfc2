import * as z from 'zod/mini'
import { invalidSignature } from './refusal.ts'

export const publicKeyPattern = /^[0-9a-f]{64}$/

const signatureSchema = z.object({
  algorithm: z.literal('Ed25519'),
  publicKey: z.string().check(z.regex(publicKeyPattern)),
  /**
   * Grows with every signature of a bundle, so that an older version can be told from a newer one: seconds
   * since 1970, as a rule.
   */
  revision: z.int().check(z.nonnegative()),
  /** Over everything else in the manifest: see `signedBytes`. */
  value: z.string().check(z.regex(/^[0-9a-f]{128}$/)),
})
/** The field `signature` of a manifest. Readers that know nothing of it pass it over. */
export type ManifestSignature = z.infer<typeof signatureSchema>

/** Who signed a manifest, and which of their versions it is. */
export type Signer = Pick<ManifestSignature, 'publicKey' | 'revision'>

export type JsonObject = Readonly<Record<string, unknown>>
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The signature of a manifest as it was parsed from JSON; undefined where it has none. Throws
 * `bundle-signature-invalid` for what is none.
 */
export function readSignature(manifest: JsonObject): ManifestSignature | undefined {
  if (manifest['signature'] === undefined) return undefined
  const parsed = signatureSchema.safeParse(manifest['signature'])
  if (!parsed.success) throw invalidSignature(manifest)
  return parsed.data
}
