import { parseIntegers } from '../../run/parse-integers.ts'
import { experimentCommand } from '../experiment-command.ts'
import { openSeries, seriesArgs } from '../open-series.ts'
import { chooseNetworks, selectArms } from './choose-networks.ts'
import { formatFamily } from './format-family.ts'
import { runFamily } from './run-family.ts'
import { readTimes } from './timed-networks.ts'

export const family = experimentCommand({
  name: 'family',
  description:
    'Trains the plain network of generalist.widths, and separable ones of its multiply-accumulates and of its milliseconds in the phone’s engine, all alike and without a teacher, and tables their accuracy on validation images.',
  args: {
    ...seriesArgs,
    times: {
      type: 'string',
      description: 'What npm run bench -- families wrote',
      default: 'bench/results/families.json',
      valueHint: 'FILE',
    },
    arms: {
      type: 'string',
      description:
        'Which networks: the plain one, those of equal multiply-accumulates, of equal milliseconds',
      default: 'plain,macs,ms',
      valueHint: 'LIST',
    },
    seeds: { type: 'string', description: 'Seeds of the trainings', default: '1,2', valueHint: 'LIST' },
    run: {
      type: 'string',
      description: 'Folder of the runs. Default: runs/family-<preset>',
      valueHint: 'DIR',
    },
  },
  run: async ({ args, set, progress, untilInterrupted, conclude }) => {
    const seeds = parseIntegers('--seeds', args.seeds)
    const times = await readTimes(args.times)
    const series = await openSeries('family', args, set, progress)
    const { widths } = series.config.generalist
    const arms = selectArms(chooseNetworks(times, { size: series.config.imageSize, widths }), args.arms)
    const results = await runFamily(untilInterrupted(), { ...series, arms, seeds })
    await conclude(series.folder, results, formatFamily(results))
  },
})
