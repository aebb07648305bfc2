import { readFile, stat } from 'node:fs/promises'
import { z } from 'zod'
import { publicKeyPattern } from '../../core/trust/signature.ts'
import { CacheNetError } from '../../core/wire/errors.ts'

/** As `npm run keys` writes them; of one that is private as well, only the public half is looked at. */
const jwkSchema = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.base64url() })
/** Files of keys are short. */
const mostFileBytes = 65_536

const invalid = (message: string, details: Record<string, unknown>, cause?: unknown): CacheNetError =>
  new CacheNetError('config-invalid', `${message} See docs/hosting.md, Signed bundles.`, details, { cause })

function keyOfJwk(text: string): string | undefined {
  try {
    const { x } = jwkSchema.parse(JSON.parse(text))
    const key = Buffer.from(x, 'base64url').toString('hex')
    return publicKeyPattern.test(key) ? key : undefined
  } catch {
    return undefined
  }
}

const keysOfLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().toLowerCase())
    .filter((line) => line !== '')

async function readKeyFile(path: string): Promise<string[]> {
  let text: string
  try {
    const facts = await stat(path)
    if (!facts.isFile() || facts.size > mostFileBytes) throw new RangeError('It is no file of keys.')
    text = await readFile(path, 'utf8')
  } catch (cause) {
    throw invalid(
      `--keys names ${path}, which is neither a public key (64 hexadecimal digits) nor a file that can be read.`,
      { path },
      cause,
    )
  }
  const jwk = keyOfJwk(text)
  const keys = jwk === undefined ? keysOfLines(text) : [jwk]
  if (keys.length > 0 && keys.every((key) => publicKeyPattern.test(key))) return keys
  throw invalid(`The file ${path} of --keys has to hold a public key a line, or the file of a key pair.`, {
    path,
  })
}

/**
 * The public keys that a setting names: keys themselves, or files of them, with commas between. Rejects with
 * `config-invalid`.
 */
export async function readKeys(setting: string): Promise<ReadonlySet<string>> {
  const keys = new Set<string>()
  for (const entry of setting
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')) {
    const found = publicKeyPattern.test(entry.toLowerCase())
      ? [entry.toLowerCase()]
      : await readKeyFile(entry)
    for (const key of found) keys.add(key)
  }
  if (keys.size === 0) throw invalid('--keys names no key.', {})
  return keys
}
