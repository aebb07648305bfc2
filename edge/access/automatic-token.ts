import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { CacheNetError } from '../../core/wire/errors.ts'

/** As a setting, it stands for a token that the edge makes. */
export const automaticToken = 'auto'

const tokenBytes = 16
const acceptable = /^[0-9a-f]{32}$/

/**
 * Written beside and renamed, so that an edge that is ended meanwhile leaves no half of a token. Readable by
 * its owner alone.
 */
async function store(path: string, token: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const beside = `${path}.${process.pid}`
  try {
    const file = await open(beside, 'w', 0o600)
    try {
      await file.writeFile(`${token}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, path)
  } catch (thrown) {
    await rm(beside, { force: true })
    throw thrown
  }
}

/**
 * A random token that stays the same from start to start, so that phones that scanned it once go on being let
 * in. Delete the file for another. Throws `config-invalid` where it can be neither read nor written.
 */
export async function readAutomaticToken(path: string): Promise<string> {
  const known = (await readFile(path, 'utf8').catch(() => '')).trim()
  if (acceptable.test(known)) return known
  const token = randomBytes(tokenBytes).toString('hex')
  try {
    await store(path, token)
  } catch (cause) {
    throw new CacheNetError(
      'config-invalid',
      `--token auto keeps its token in ${path}, which cannot be written. Choose another with --token-file, or give a token.`,
      { path },
      { cause },
    )
  }
  return token
}
