import { defineCommand, type ArgsDef, type CommandDef, type ParsedArgs } from 'citty'
import { join } from 'node:path'
import { abortOnInterrupt } from '../run/abort-on-interrupt.ts'
import { givenSettings } from '../run/check-flags.ts'
import type { Progress } from '../run/progress.ts'
import { runAsCommand } from '../run/run-as-command.ts'
import { writeAtomically } from '../run/write-atomically.ts'

/** One start of an experiment, as it was asked for. */
export interface ExperimentStart<Args extends ArgsDef> {
  readonly args: ParsedArgs<Args>
  /** All that was given with `--set`. */
  readonly set: string | undefined
  readonly progress: Progress
  /** Ctrl-C aborts it from now on: what was started is there for the next time. To be asked for once. */
  readonly untilInterrupted: () => AbortSignal
  /** Keeps `results.json` in the folder of the runs, and prints the table. */
  readonly conclude: (folder: string, results: unknown, table: string) => Promise<void>
}

export interface Experiment<Args extends ArgsDef> {
  readonly name: string
  /** One sentence: what it finds out, and how. */
  readonly description: string
  readonly args: Args
  readonly run: (start: ExperimentStart<Args>) => Promise<void>
}

/**
 * An experiment as a command of `npm run experiment`: several runs of one data set side by side in a folder,
 * and one table of them. The same command goes on where it was stopped.
 */
export function experimentCommand<const Args extends ArgsDef>({
  name,
  description,
  args: known,
  run,
}: Experiment<Args>): CommandDef<Args> {
  return defineCommand({
    meta: { name, description },
    args: known,
    run: ({ args, rawArgs }) =>
      runAsCommand({ rawArgs, known }, (progress) =>
        run({
          args,
          set: givenSettings(rawArgs),
          progress,
          untilInterrupted: () => abortOnInterrupt(progress),
          conclude: async (folder, results, table) => {
            await writeAtomically(join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`)
            process.stdout.write(`\n${table}\n`)
          },
        }),
      ),
  })
}
