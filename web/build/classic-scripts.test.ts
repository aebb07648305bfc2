import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { build, type Rolldown } from 'vite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { classicScripts } from './classic-scripts.ts'

let root: string
beforeEach(async () => (root = await mkdtemp(join(tmpdir(), 'cachenet-classic-'))))
afterEach(() => rm(root, { recursive: true, force: true }))

/** Builds a page of these files, `main.ts` being its script. */
async function built(
  files: Readonly<Record<string, string>>,
): Promise<{ html: string; chunks: Rolldown.OutputChunk[] }> {
  await mkdir(root, { recursive: true })
  await writeFile(
    join(root, 'index.html'),
    '<!doctype html><html><head></head><body><script type="module" src="/main.ts"></script></body></html>',
  )
  for (const [name, text] of Object.entries(files)) await writeFile(join(root, name), text)
  const groups = [{ name: 'start', test: /start\.ts$/ }]
  const result = await build({
    configFile: false,
    root,
    logLevel: 'silent',
    plugins: [classicScripts()],
    build: {
      write: false,
      modulePreload: { polyfill: false },
      rolldownOptions: { output: { codeSplitting: { groups } } },
    },
  })
  const { output } = result as Rolldown.RolldownOutput
  const page = output.find(({ fileName }) => fileName === 'index.html')
  return {
    html: page?.type === 'asset' ? String(page.source) : '',
    chunks: output.filter((item) => item.type === 'chunk'),
  }
}

const code = (chunks: readonly Rolldown.OutputChunk[], name: string): string =>
  chunks.find((chunk) => chunk.name === name)?.code ?? ''

describe('classicScripts', () => {
  it('makes the first scripts classic, in their order, and leaves modules that come later what they are', async () => {
    const { html, chunks } = await built({
      'start.ts': 'export const begun = { at: 3 }',
      'main.ts':
        "import { begun } from './start.ts'\nexport const twice = (value: number): number => value * 2\nglobalThis.result = twice(begun.at)\nglobalThis.later = () => import('./later.ts')",
      'later.ts': "import { twice } from './main.ts'\nexport const answer = twice(21)",
    })
    expect(
      [...html.matchAll(/<script ([^>]*)src="\/assets\/([a-z]+)-/g)].map(([, how, name]) => `${name} ${how}`),
    ).toEqual(['start ', 'index defer '])
    expect(html).not.toContain('module')
    const global: Record<string, unknown> = {}
    const sandbox = { ...global, globalThis: global }
    for (const name of ['start', 'index']) runInNewContext(code(chunks, name), sandbox)
    expect(global['result']).toBe(6)
    const later = code(chunks, 'later')
    expect(later).toMatch(/globalThis\.cachenetScripts/)
    expect(later).toMatch(/export\s*\{/)
  })

  it('refuses a first script that could not run as a classic one', async () => {
    await expect(
      built({
        'start.ts': 'export const begun = 1',
        'main.ts':
          "import { begun } from './start.ts'\nglobalThis.where = [begun, import.meta.hot, import.meta.dirname]",
      }),
    ).rejects.toThrow(/import\.meta/)
  })
})
