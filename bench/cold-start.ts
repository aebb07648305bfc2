import { fileURLToPath } from 'node:url'
import { answerToFlags } from '../core/command-line/answer-to-flags.ts'
import { measureColdStart } from './cold-start/measure-cold-start.ts'
import { coldStartTable } from './cold-start/table.ts'

// npm run cold-start [-- ROUNDS]: the built app's way from a tap to its first answer, offline, beside what it
// cannot do without.

const answer = answerToFlags(
  process.argv.slice(2),
  'npm run cold-start -- [ROUNDS]',
  'Measures the way from a tap to the first answer, offline, in so many rounds (15 by default).',
  ['ROUNDS'],
)
if (answer !== undefined) {
  console[answer.exitCode === 0 ? 'log' : 'error'](answer.text)
  process.exit(answer.exitCode)
}
const rounds = Number(process.argv[2] ?? 15)
if (!Number.isInteger(rounds) || rounds < 1) {
  console.error('The number of rounds is a whole number from 1.')
  process.exit(2)
}
console.log(
  coldStartTable(await measureColdStart({ rounds, root: fileURLToPath(new URL('..', import.meta.url)) })),
)
process.exit(0)
