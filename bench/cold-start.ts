import { fileURLToPath } from 'node:url'
import { endAtFlags } from '../core/command-line/answer-to-flags.ts'
import { measureColdStart } from './cold-start/measure-cold-start.ts'
import { coldStartTable } from './cold-start/table.ts'

// npm run cold-start [-- ROUNDS]: the built app's way from a tap to its first answer, offline, beside what it
// cannot do without.

endAtFlags(
  process,
  'npm run cold-start -- [ROUNDS]',
  'Measures the way from a tap to the first answer, offline, in so many rounds (15 by default).',
  ['ROUNDS'],
)
const rounds = Number(process.argv[2] ?? 15)
if (!Number.isInteger(rounds) || rounds < 1) {
  console.error('The number of rounds is a whole number from 1.')
  process.exit(2)
}
console.log(
  coldStartTable(await measureColdStart({ rounds, root: fileURLToPath(new URL('..', import.meta.url)) })),
)
process.exit(0)
