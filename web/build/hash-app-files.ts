import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Plugin } from 'vite'

interface Entry {
  readonly url: string
}

export interface HashAppFiles {
  /**
   * Learns where the build is written, and has the page name the hashes of its first scripts and styles:
   * before there is a service worker, the browser checks them.
   */
  readonly plugin: Plugin
  /**
   * Puts hash and length of each file into the list that the service worker is built with (a
   * `manifestTransform` of workbox-build).
   */
  readonly transform: <Listed extends Entry>(
    entries: Listed[],
  ) => Promise<{ manifest: Listed[]; warnings: string[] }>
}

/**
 * What the service worker holds the app's own files against before it stores them, and before it hands them
 * out.
 */
export function hashAppFiles(): HashAppFiles {
  let folder = ''
  return {
    plugin: {
      name: 'cachenet:hash-app-files',
      apply: 'build',
      configResolved: (config) => void (folder = config.build.outDir),
      writeBundle: () => addIntegrity(folder),
    },
    async transform(entries) {
      const manifest = await Promise.all(
        entries.map(async (entry) => {
          const content = await readFile(join(folder, entry.url))
          return {
            ...entry,
            bytes: content.byteLength,
            sha256: createHash('sha256').update(content).digest('hex'),
          }
        }),
      )
      return { manifest, warnings: [] }
    },
  }
}

async function addIntegrity(folder: string): Promise<void> {
  const path = join(folder, 'index.html')
  let html = await readFile(path, 'utf8')
  for (const [tag, file] of html.matchAll(
    /<(?:script|link rel="stylesheet")[^>]*? (?:src|href)="\/(assets\/[^"]+)"/g,
  )) {
    const hash = createHash('sha256')
      .update(await readFile(join(folder, file ?? '')))
      .digest('base64')
    html = html.replace(tag, `${tag} integrity="sha256-${hash}"`)
  }
  await writeFile(path, html)
}
