import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** Relative imports, those of types and of workers (`new URL(…)` is none) alike, and what is passed on. */
const importPattern = /(?:\bfrom\s+|\bimport\s+|\bimport\(\s*)['"](\.[^'"?]+)/g

/** Files that each file imports, by its path. Text alone is read: a tree of a thousand takes no second. */
export function readImports(root: string, folders: readonly string[]): Map<string, readonly string[]> {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.tsx?$/.test(path) && !path.includes('node_modules'))
      .map((path) => join(folder, path)),
  )
  const known = new Set(files)
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(root, file), 'utf8')
      const imported = [...text.matchAll(importPattern)].map(([, path = '']) =>
        normalize(join(dirname(file), path)),
      )
      return [file, [...new Set(imported)].filter((path) => known.has(path))]
    }),
  )
}

/**
 * Circles among files, each once, as the way around: its first file is not said again. Imports of
 * types count: two files that need each other's types belong together too.
 */
export function importCircles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = []
  const finished = new Set<string>()
  const way: string[] = []
  const visit = (file: string): void => {
    if (finished.has(file)) return
    const start = way.indexOf(file)
    if (start >= 0) {
      circles.push(way.slice(start))
      return
    }
    way.push(file)
    for (const next of imports.get(file) ?? []) visit(next)
    way.pop()
    finished.add(file)
  }
  for (const file of imports.keys()) visit(file)
  return circles
}
