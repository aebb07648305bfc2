import { experimentCommand } from '../experiment-command.ts'
import { openSeries, seriesArgs } from '../open-series.ts'
import { formatControls } from './format-controls.ts'
import { runControls } from './run-controls.ts'

export const controls = experimentCommand({
  name: 'controls',
  description:
    'What else would have done in the place of each partition of a finished run, on validation images: the generalist, the same with more ' +
    'knowledge, a partition from scratch, one network with the bytes of the whole cache; trains the last two.',
  args: {
    ...seriesArgs,
    from: {
      type: 'string',
      description: 'Finished run whose networks are taken over; its settings must be these',
      required: true,
      valueHint: 'RUN',
    },
    run: {
      type: 'string',
      description: 'Folder of what is trained besides. Default: runs/controls-<preset>',
      valueHint: 'DIR',
    },
  },
  run: async ({ args, set, progress, untilInterrupted, conclude }) => {
    const series = await openSeries('controls', args, set, progress)
    const results = await runControls(untilInterrupted(), { ...series, from: args.from })
    await conclude(series.folder, results, formatControls(results))
  },
})
