import { readFile } from 'node:fs/promises'
import { CacheNetError } from '../../core/wire/errors.ts'

/** What a file of settings holds; undefined without a path. Throws `config-invalid` where it is no JSON. */
export async function readConfigFile(path: string | undefined): Promise<unknown> {
  if (path === undefined) return undefined
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown
  } catch (error) {
    throw new CacheNetError('config-invalid', `${path} is no JSON file.`, { path }, { cause: error })
  }
}
