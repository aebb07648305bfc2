import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repository = fileURLToPath(new URL('../../..', import.meta.url))
export const picturesFolder = join(repository, 'docs/images')
/** Beside the pictures: what they were taken of. */
export const stampFile = join(picturesFolder, 'taken-of.json')

/** What an edge opens with where nobody says otherwise. */
export const demoBundle = 'people'

/** What the README's pictures show: the views with their styles, and the bundle that the demo plays. */
const shown = ['web/page/views', 'web/page/styles', 'web/page/components', 'web/e2e/pictures']
const files = ['web/index.html', `public/bundles/${demoBundle}/manifest.json`]

async function sourcesIn(folder: string): Promise<string[]> {
  const entries = await readdir(join(repository, folder), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
    .map(({ parentPath, name }) => join(parentPath, name))
}

/**
 * SHA-256 over everything that the pictures show, in hexadecimal: another one, and they may be out of date.
 */
export async function digestOfShown(): Promise<string> {
  const sources = (await Promise.all(shown.map(sourcesIn))).flat()
  const paths = [...sources, ...files.map((file) => join(repository, file))].sort()
  const hash = createHash('sha256')
  for (const path of paths)
    hash
      .update(path.slice(repository.length))
      .update('\0')
      .update(await readFile(path))
      .update('\0')
  return hash.digest('hex')
}
