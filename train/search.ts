import { defineCommand, runMain } from 'citty'
import { join } from 'node:path'
import { abortOnInterrupt } from './run/abort-on-interrupt.ts'
import { checkBundleId } from './run/check-bundle-id.ts'
import { givenSettings } from './run/check-flags.ts'
import { checkWritable } from './run/check-writable.ts'
import { openSeries, seriesArgs } from './run/open-series.ts'
import { runAsCommand } from './run/run-as-command.ts'
import { writeAtomically } from './run/write-atomically.ts'
import { chooseWinner } from './search/choose-winner.ts'
import { exportWinner } from './search/export-winner.ts'
import { formatSearch } from './search/format-search.ts'
import { chooseKey, keyFlag } from './signing/choose-key.ts'
import { runSearch } from './search/run-search.ts'

const known = {
  ...seriesArgs,
  'full-from': {
    type: 'string',
    description: 'Run or bundle whose full model the candidates take over',
    valueHint: 'DIR',
  },
  run: {
    type: 'string',
    description: 'Folder of the candidates. Default: runs/search-<preset>',
    valueHint: 'DIR',
  },
  id: { type: 'string', description: 'Name of the winner’s bundle. Default: the preset', valueHint: 'NAME' },
  out: { type: 'string', description: 'Where bundles go', default: 'public/bundles', valueHint: 'DIR' },
  key: keyFlag,
  'table-only': {
    type: 'boolean',
    description: 'Print the table and stop: train and export no winner',
    default: false,
  },
} as const

await runMain(
  defineCommand({
    meta: {
      name: 'npm run search --',
      description:
        'Finds the size of a partition and their number: trains candidates briefly, from small to large, and names the one with the least expected time a frame ' +
        'at the accuracy line, for the device of the settings search.device. Says so where plain Cascade is as good. Then trains the winner at full length and ' +
        'exports it, the generalist alone where that is the winner. Ctrl-C stops; the same command goes on.',
    },
    args: known,
    run: ({ args, rawArgs }) =>
      runAsCommand({ rawArgs, known }, async (progress) => {
        const id = args.id ?? args.preset
        if (!args['table-only']) {
          checkBundleId(id)
          await checkWritable('--out', join(args.out, id))
        }
        const signing = await chooseKey(args.key)
        const series = await openSeries('search', args, givenSettings(rawArgs), progress)
        const signal = abortOnInterrupt(progress)
        const request = { ...series, fullFrom: args['full-from'] }
        const { config, folder } = series
        const result = await runSearch(signal, request)
        await writeAtomically(join(folder, 'results.json'), `${JSON.stringify(result, null, 2)}\n`)
        process.stdout.write(
          `\n${formatSearch(result, config.search.device, config.gate.accuracyTolerance)}\n`,
        )
        const { shipped } = chooseWinner(result, config.gate.accuracyTolerance)
        if (shipped === undefined || args['table-only']) return
        const summary = await exportWinner(signal, request, result, shipped, {
          id,
          out: args.out,
          set: givenSettings(rawArgs),
          signingKey: signing.key,
        })
        process.stdout.write(`\n${summary}\n\n${signing.says}\n`)
      }),
  }),
)
