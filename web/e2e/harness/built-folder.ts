import { fileURLToPath } from 'node:url'

/** The product as `npm run build` has left it. Who changes something in it takes a copy. */
export const builtFolder = fileURLToPath(new URL('../../../dist', import.meta.url))
