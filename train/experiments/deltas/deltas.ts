import { experimentCommand } from '../experiment-command.ts'
import { openSeries, seriesArgs } from '../open-series.ts'
import { formatDeltas } from './format-deltas.ts'
import { runDeltas } from './run-deltas.ts'

export const deltas = experimentCommand({
  name: 'deltas',
  description:
    'Trains the deltas of a finished run anew, and tables their bytes, accuracy and coverage beside those of the whole partitions, on validation images.',
  args: {
    ...seriesArgs,
    from: {
      type: 'string',
      description: 'Finished run whose networks are taken over',
      required: true,
      valueHint: 'RUN',
    },
    run: {
      type: 'string',
      description: 'Folder of the runs. Default: runs/deltas-<preset>',
      valueHint: 'DIR',
    },
  },
  run: async ({ args, set, progress, untilInterrupted, conclude }) => {
    const series = await openSeries('deltas', args, set, progress)
    const results = await runDeltas(untilInterrupted(), { ...series, from: args.from })
    await conclude(series.folder, results, formatDeltas(results))
  },
})
