import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export interface BuiltApp {
  readonly folder: string
  remove(): Promise<void>
}

const roots = { product: '../..', 'cache-page': 'cache-page' } as const

/**
 * Builds a page with the product's own settings and service worker into a fresh folder: the product's page,
 * or a harness page. In a process of its own: a test runner's environment would make it a development build.
 */
export async function buildApp(page: keyof typeof roots): Promise<BuiltApp> {
  const folder = await mkdtemp(join(tmpdir(), 'cachenet-app-'))
  const vite = fromHere('../../../node_modules/vite/bin/vite.js')
  const config = fromHere('../../../vite.config.ts')
  const { NODE_ENV: _environment, ...env } = process.env
  await run(
    process.execPath,
    [
      vite,
      'build',
      fromHere(roots[page]),
      '--config',
      config,
      '--outDir',
      folder,
      '--emptyOutDir',
      '--logLevel',
      'warn',
    ],
    { env },
  )
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}
