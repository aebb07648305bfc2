import MagicString from 'magic-string'
import type { Plugin, Rolldown } from 'vite'

/** Where classic scripts leave what they export, by the name of their chunk. */
const registry = 'globalThis.cachenetScripts'

type Chunk = Rolldown.RenderedChunk
type Statement = Rolldown.PluginContext['parse'] extends (...args: never[]) => infer Program
  ? Program extends { body: (infer Item)[] }
    ? Item
    : never
  : never

/**
 * Serves what the first screen needs as classic scripts. A browser keeps the compiled code of scripts that a
 * service worker stored when it was installed, and uses it for classic scripts only: as modules they are
 * parsed and compiled anew at every cold start. What comes later stays modules, and finds what the first
 * scripts export in a registry.
 */
export function classicScripts(): Plugin {
  return {
    name: 'cachenet:classic-scripts',
    apply: 'build',
    renderChunk(code, chunk, _options, { chunks }) {
      const first = firstScripts(Object.values(chunks))
      const isClassic = first.some(({ fileName }) => fileName === chunk.fileName)
      const text = new MagicString(code)
      for (const statement of this.parse(code).body) rewrite(text, statement, chunk, first, isClassic)
      // What asks where a module lies puts addresses together that begin at the root.
      if (isClassic)
        text.replaceAll('import.meta.resolve', 'undefined').replaceAll('import.meta.url', 'location.href')
      if (isClassic && /\bimport\.meta\b/.test(text.toString()))
        throw new Error(`${chunk.name} asks for import.meta, which a classic script has not.`)
      if (isClassic) text.prepend(`(() => {\n'use strict';\n`).append(`\n})();\n`)
      return text.hasChanged() ? { code: text.toString(), map: text.generateMap({ hires: true }) } : null
    },
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle }) {
        const chunks = Object.values(bundle ?? {}).filter((output) => output.type === 'chunk')
        // What leads up to the entry without needing anything runs as soon as it is there, and waits neither
        // for the page nor for its style.
        const scripts = firstScripts(chunks).map(
          ({ fileName, isEntry, name }) =>
            `<script ${isEntry || name !== 'start' ? 'defer ' : ''}src="/${fileName}"></script>`,
        )
        const bare = html
          .replace(/\s*<link rel="modulepreload"[^>]*>/g, '')
          .replace(/<script type="module"[^>]*><\/script>/, scripts.join('\n    '))
        if (!bare.includes(scripts[0] ?? ''))
          throw new Error('The page has no module script to put the classic ones in place of.')
        return bare
      },
    },
  }
}

/** The entry and all that it imports at once, in the order in which they must run. */
function firstScripts<Item extends Pick<Chunk, 'fileName' | 'imports' | 'isEntry' | 'name'>>(
  chunks: readonly Item[],
): Item[] {
  const ordered = new Set<Item>()
  const visit = (chunk: Item, path: readonly Item[]): void => {
    if (path.includes(chunk))
      throw new Error(
        `The chunks ${[...path, chunk].map(({ name }) => name).join(', ')} import one another: classic scripts cannot.`,
      )
    for (const imported of chunk.imports) {
      const found = chunks.find(({ fileName }) => fileName === imported)
      if (found !== undefined) visit(found, [...path, chunk])
    }
    ordered.add(chunk)
  }
  for (const entry of chunks.filter(({ isEntry }) => isEntry)) visit(entry, [])
  const names = new Set([...ordered].map(({ name }) => name))
  if (names.size < ordered.size) throw new Error('Two of the first chunks share a name.')
  return [...ordered]
}

const place = ({ name }: Pick<Chunk, 'name'>): string => `${registry}[${JSON.stringify(name)}]`
const nameOf = (node: { type: string; name?: string; value?: unknown }): string =>
  node.name ?? String(node.value)

function rewrite(
  text: MagicString,
  statement: Statement,
  chunk: Chunk,
  first: readonly Chunk[],
  isClassic: boolean,
): void {
  if (statement.type === 'ImportDeclaration') {
    const source = first.find(
      ({ fileName }) => fileName.split('/').at(-1) === statement.source.value.split('/').at(-1),
    )
    if (source === undefined) {
      if (isClassic)
        throw new Error(`${chunk.name} imports ${statement.source.value}, which is no classic script.`)
      return
    }
    const parts = statement.specifiers.map((specifier) => {
      if (specifier.type !== 'ImportSpecifier')
        throw new Error(`${chunk.name} imports ${source.name} other than by names.`)
      return `${JSON.stringify(nameOf(specifier.imported))}: ${specifier.local.name}`
    })
    text.overwrite(
      statement.start,
      statement.end,
      parts.length === 0 ? '' : `const { ${parts.join(', ')} } = ${place(source)};`,
    )
  } else if (statement.type === 'ExportNamedDeclaration' && isClassic) {
    if (statement.declaration !== null || statement.source !== null)
      throw new Error(`${chunk.name} exports in a way that a classic script cannot.`)
    const parts = statement.specifiers.map(
      ({ local, exported }) => `${JSON.stringify(nameOf(exported))}: ${nameOf(local)}`,
    )
    text.overwrite(
      statement.start,
      statement.end,
      `(${registry} ??= {})[${JSON.stringify(chunk.name)}] = { ${parts.join(', ')} };`,
    )
  } else if (
    (statement.type === 'ExportAllDeclaration' || statement.type === 'ExportDefaultDeclaration') &&
    isClassic
  ) {
    throw new Error(`${chunk.name} exports in a way that a classic script cannot.`)
  }
}
