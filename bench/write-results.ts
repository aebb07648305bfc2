import { readFile, rename, writeFile } from 'node:fs/promises'
import { endAtFlags } from '../core/command-line/answer-to-flags.ts'
import { releasedManifests } from './readme/released-manifests.ts'
import { withWorlds } from './readme/worlds-table.ts'

const path = 'docs/results/worlds.md'

endAtFlags(process, 'npm run results', `Writes what the manifests of the released bundles say into ${path}.`)

/** `npm run results`: writes what the released bundles say of themselves into docs/results. */
await writeFile(`${path}.tmp`, withWorlds(await readFile(path, 'utf8'), await releasedManifests()))
await rename(`${path}.tmp`, path)
process.stdout.write(`${path} says what the released manifests say.\n`)
