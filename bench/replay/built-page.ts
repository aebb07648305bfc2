import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CacheNetError } from '../../core/wire/errors.ts'
import { runCommand } from '../../test/run-command.ts'

const configFile = fileURLToPath(new URL('../../vite.config.ts', import.meta.url))
const tenMinutes = 10 * 60_000

/**
 * Builds the page into a folder unless there is one already. Throws `config-invalid` where it cannot be
 * built.
 */
export async function ensureBuiltPage(folder: string): Promise<void> {
  if (existsSync(join(folder, 'index.html'))) return
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js')
  // In a process of its own: what is measured must be the page that people get, whatever this process runs
  // under.
  const args = [
    vite,
    'build',
    '--config',
    configFile,
    '--outDir',
    resolve(folder),
    '--emptyOutDir',
    '--logLevel',
    'warn',
  ]
  const { isOk } = await runCommand(process.execPath, args, {
    timeoutMs: tenMinutes,
    environment: { NODE_ENV: 'production' },
  })
  if (!isOk)
    throw new CacheNetError(
      'config-invalid',
      'The page could not be built; what is wrong stands above. Try npm run build.',
      { folder },
    )
}
