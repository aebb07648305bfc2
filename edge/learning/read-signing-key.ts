import { createPrivateKey, sign } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { SigningKey } from '../../core/trust/sign-manifest.ts'
import { CacheNetError } from '../../core/wire/errors.ts'

/** A key pair as `npm run keys` writes it: a JSON Web Key (RFC 8037). */
const pairSchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.base64url(),
  d: z.base64url(),
})

/** The key that learned versions are signed with. Throws `config-invalid`. */
export async function readSigningKey(path: string): Promise<SigningKey> {
  try {
    const pair = pairSchema.parse(JSON.parse(await readFile(path, 'utf8')))
    const key = createPrivateKey({ key: pair, format: 'jwk' })
    return {
      publicKey: Buffer.from(pair.x, 'base64url').toString('hex'),
      sign: (message) => sign(null, message, key),
    }
  } catch (cause) {
    throw new CacheNetError(
      'config-invalid',
      `The file ${path} is not a key as npm run keys makes them.`,
      { path },
      { cause },
    )
  }
}
