import { readFile } from 'node:fs/promises'

/** A report that vitest's JSON reporter wrote, as it stands there; `undefined` where it cannot be read. */
export const readReport = (path: string): Promise<unknown> =>
  readFile(path, 'utf8')
    .then((text): unknown => JSON.parse(text))
    .catch(() => undefined)
