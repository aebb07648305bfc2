import { defineCommand, runMain } from 'citty'
import { join } from 'node:path'
import { formatRegions } from './regions/format-regions.ts'
import { runRegions } from './regions/run-regions.ts'
import { abortOnInterrupt } from './run/abort-on-interrupt.ts'
import { givenSettings } from './run/check-flags.ts'
import { parseIntegers } from './run/parse-integers.ts'
import { openSeries, seriesArgs } from './run/open-series.ts'
import { runAsCommand } from './run/run-as-command.ts'
import { writeAtomically } from './run/run-folder.ts'

const known = {
  ...seriesArgs,
  'full-from': { type: 'string', description: 'Run or bundle whose full model is taken over instead of training one', valueHint: 'DIR' },
  seeds: { type: 'string', description: 'Seeds of the code, separated by commas', default: '1,2,3', valueHint: 'N,N' },
  run: { type: 'string', description: 'Folder of the runs. Default: runs/regions-<preset>', valueHint: 'DIR' },
} as const

await runMain(
  defineCommand({
    meta: {
      name: 'npm run regions --',
      description: 'Trains the code alone with several seeds on one full model, and says which classes lie where and how many images stay in the same region. Ctrl-C stops; the same command goes on.',
    },
    args: known,
    run: ({ args, rawArgs }) =>
      runAsCommand({ rawArgs, known }, async (progress) => {
        const seeds = parseIntegers('--seeds', args.seeds)
        const series = await openSeries('regions', args, givenSettings(rawArgs), progress)
        const codes = await runRegions(abortOnInterrupt(progress), { ...series, fullFrom: args['full-from'], seeds })
        const text = formatRegions(codes, series.dataset.validation.labels, series.dataset.classNames, series.config.partitionCount)
        await writeAtomically(join(series.folder, 'regions.txt'), `${text}\n`)
        process.stdout.write(`\n${text}\n`)
      }),
  }),
)
