import { defineCommand, runMain } from 'citty'
import { join } from 'node:path'
import { formatDeltas } from './deltas/format-deltas.ts'
import { runDeltas } from './deltas/run-deltas.ts'
import { abortOnInterrupt } from './run/abort-on-interrupt.ts'
import { givenSettings } from './run/check-flags.ts'
import { parseIntegers } from './run/parse-integers.ts'
import { openSeries, seriesArgs } from './run/open-series.ts'
import { runAsCommand } from './run/run-as-command.ts'
import { writeAtomically } from './run/write-atomically.ts'

const known = {
  ...seriesArgs,
  from: {
    type: 'string',
    description: 'Finished run whose networks are taken over',
    required: true,
    valueHint: 'RUN',
  },
  ranks: {
    type: 'string',
    description: 'Ranks, separated by commas; 0 changes gains, shifts and head alone',
    default: '0,1,2,4',
    valueHint: 'N,N',
  },
  run: { type: 'string', description: 'Folder of the runs. Default: runs/deltas-<preset>', valueHint: 'DIR' },
} as const

await runMain(
  defineCommand({
    meta: {
      name: 'npm run deltas --',
      description:
        'Trains the deltas of a finished run anew with kernels that differ by products of several ranks, and tables bytes, accuracy and coverage of each ' +
        'beside the whole partitions, on validation images. Ctrl-C stops; the same command goes on.',
    },
    args: known,
    run: ({ args, rawArgs }) =>
      runAsCommand({ rawArgs, known }, async (progress) => {
        const ranks = parseIntegers('--ranks', args.ranks)
        const series = await openSeries('deltas', args, givenSettings(rawArgs), progress)
        const results = await runDeltas(abortOnInterrupt(progress), { ...series, from: args.from, ranks })
        await writeAtomically(join(series.folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`)
        process.stdout.write(`\n${formatDeltas(results)}\n`)
      }),
  }),
)
