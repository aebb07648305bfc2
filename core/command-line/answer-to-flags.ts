import { flagProblems } from './flag-problems.ts'

/** What a command says in place of doing its work, and how it ends then. */
export interface AnswerToFlags {
  readonly text: string
  readonly exitCode: 0 | 1
}

/**
 * Of a command that takes no flags: its help where that is asked for, a refusal of anything else, and
 * undefined where it may go on.
 *
 * @param args the command line as it was typed
 * @param usage what a person types
 * @param description what it does then, in sentences
 * @param places names of the words that may stand there without a flag
 */
export function answerToFlags(
  args: readonly string[],
  usage: string,
  description: string,
  places: readonly string[] = [],
): AnswerToFlags | undefined {
  const help = `USAGE ${usage}\n\n${description}\nIt takes no flags but --help.`
  if (args.includes('--help') || args.includes('-h')) return { text: help, exitCode: 0 }
  const known = Object.fromEntries(places.map((name) => [name, { type: 'positional' }]))
  const problems = flagProblems(args, known)
  return problems.length === 0 ? undefined : { text: `${problems.join('\n')}\n\n${help}`, exitCode: 1 }
}

/** What of Node's `process` it takes. */
export interface CommandProcess {
  readonly argv: readonly string[]
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
  exit(code: number): never
}

/**
 * Prints what `answerToFlags` says and ends the process, where there is something to say; otherwise nothing.
 */
export function endAtFlags(
  process: CommandProcess,
  usage: string,
  description: string,
  places?: readonly string[],
): void {
  const answer = answerToFlags(process.argv.slice(2), usage, description, places)
  if (answer === undefined) return
  const stream = answer.exitCode === 0 ? process.stdout : process.stderr
  stream.write(`${answer.text}\n`)
  process.exit(answer.exitCode)
}
