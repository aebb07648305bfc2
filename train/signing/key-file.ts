import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { SigningKey } from '../../core/trust/sign-manifest.ts'

/** A key pair as a JSON Web Key (RFC 8037): `x` is the public half, `d` the private one. */
const pairSchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.base64url(),
  d: z.base64url(),
})

const keyName = 'signing-key.json'

/**
 * Where the key is unless somebody names another place: in the person's own folder, and never in a bundle.
 */
export const defaultKeyPath = (environment: NodeJS.ProcessEnv = process.env): string =>
  join(environment['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'cachenet', keyName)

const hexOf = (base64url: string): string => Buffer.from(base64url, 'base64url').toString('hex')

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''

/**
 * Makes a key pair, in a file that its owner alone can read. Rejects with `config-invalid` where there is a
 * file already: who loses a key can sign nothing anew that phones take unasked.
 */
export async function createKeyFile(path: string): Promise<SigningKey> {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  let file
  try {
    file = await open(path, 'wx', 0o600)
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') throw thrown
    throw new CacheNetError(
      'config-invalid',
      `There is a key at ${path} already, and it stays: npm run keys -- show prints it. Another place: --out FILE.`,
      { path },
    )
  }
  try {
    await file.writeFile(`${JSON.stringify(jwk, null, 2)}\n`)
    await file.sync()
  } catch (thrown) {
    await rm(path, { force: true })
    throw thrown
  } finally {
    await file.close()
  }
  return readKeyFile(path)
}

function keyOf(text: string, path: string): SigningKey {
  try {
    const pair = pairSchema.parse(JSON.parse(text))
    const privateKey = createPrivateKey({ key: pair, format: 'jwk' })
    return { publicKey: hexOf(pair.x), sign: (message) => sign(null, message, privateKey) }
  } catch (cause) {
    throw new CacheNetError(
      'config-invalid',
      `The file ${path} is not a key as npm run keys makes them.`,
      { path },
      { cause },
    )
  }
}

/** The key of a file. Rejects with `config-invalid` where there is none, or where others could read it. */
export async function readKeyFile(path: string): Promise<SigningKey> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw new CacheNetError(
      'config-invalid',
      `There is no key at ${path}. npm run keys -- --out ${path} makes one.`,
      { path },
      { cause },
    )
  })
  if (process.platform !== 'win32' && (facts.mode & 0o077) !== 0) {
    throw new CacheNetError(
      'config-invalid',
      `Others can read the key at ${path}. Do this first: chmod 600 ${path}`,
      { path },
    )
  }
  return keyOf(await readFile(path, 'utf8'), path)
}
