import { readFile, rename, writeFile } from 'node:fs/promises'
import { answerToFlags } from '../core/command-line/answer-to-flags.ts'
import { releasedManifests } from './readme/released-manifests.ts'
import { withWorlds } from './readme/worlds-table.ts'

const path = 'docs/results/worlds.md'

const answer = answerToFlags(
  process.argv.slice(2),
  'npm run results',
  `Writes what the manifests of the released bundles say into ${path}.`,
)
if (answer !== undefined) {
  console.error(answer.text)
  process.exit(answer.exitCode)
}

/** `npm run results`: writes what the released bundles say of themselves into docs/results. */
await writeFile(`${path}.tmp`, withWorlds(await readFile(path, 'utf8'), await releasedManifests()))
await rename(`${path}.tmp`, path)
process.stdout.write(`${path} says what the released manifests say.\n`)
