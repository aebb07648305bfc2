import { join } from 'node:path'
import { openBundle } from '../../run/open-bundle.ts'
import { parseIntegers } from '../../run/parse-integers.ts'
import { experimentCommand } from '../experiment-command.ts'
import { formatLine } from './format-line.ts'
import { measureLine } from './measure-line.ts'

export const line = experimentCommand({
  name: 'line',
  description:
    'How well the accuracy line of a finished bundle holds on other draws of the validation images than the one that its gate was calibrated on; trains nothing.',
  args: {
    bundle: { type: 'positional', description: 'Folder of the bundle', valueHint: 'BUNDLE', required: true },
    data: {
      type: 'string',
      description: 'Folder with the data that it was trained on (not for people and walkers)',
      valueHint: 'DIR',
    },
    draws: {
      type: 'string',
      description: 'Other draws of each stream',
      default: '2',
      valueHint: 'NUMBER',
    },
    run: {
      type: 'string',
      description: 'Folder of the results. Default: runs/line-<bundle>',
      valueHint: 'DIR',
    },
  },
  run: async ({ args, progress, conclude }) => {
    const opened = await openBundle(args.bundle, args.data, progress)
    const [draws = 2] = parseIntegers('--draws', args.draws)
    const streams = measureLine(opened, draws)
    await conclude(args.run ?? join('runs', `line-${opened.manifest.id}`), streams, formatLine(streams))
  },
})
