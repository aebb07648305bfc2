import { join } from 'node:path'
import { checkBundleId } from '../../run/check-bundle-id.ts'
import { checkWritable } from '../../run/check-writable.ts'
import { chooseKey, keyFlag } from '../../signing/choose-key.ts'
import { experimentCommand } from '../experiment-command.ts'
import { openSeries, seriesArgs } from '../open-series.ts'
import { chooseWinner } from './choose-winner.ts'
import { exportWinner } from './export-winner.ts'
import { formatSearch } from './format-search.ts'
import { runSearch } from './run-search.ts'

export const search = experimentCommand({
  name: 'search',
  description:
    'Finds the size of a partition and their number: trains candidates briefly, from small to large, names the one with the least expected time a frame ' +
    'at the accuracy line (on the device of the settings search.device), then trains it at full length and exports it.',
  args: {
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
    id: {
      type: 'string',
      description: 'Name of the winner’s bundle. Default: the preset',
      valueHint: 'NAME',
    },
    out: { type: 'string', description: 'Where bundles go', default: 'public/bundles', valueHint: 'DIR' },
    key: keyFlag,
    'table-only': {
      type: 'boolean',
      description: 'Print the table and stop: train and export no winner',
      default: false,
    },
  },
  run: async ({ args, set, progress, untilInterrupted, conclude }) => {
    const id = args.id ?? args.preset
    if (!args['table-only']) {
      checkBundleId(id)
      await checkWritable('--out', join(args.out, id))
    }
    const signing = await chooseKey(args.key)
    const series = await openSeries('search', args, set, progress)
    const signal = untilInterrupted()
    const request = { ...series, fullFrom: args['full-from'] }
    const { config, folder } = series
    const tolerance = config.gate.accuracyTolerance
    const result = await runSearch(signal, request)
    await conclude(folder, result, formatSearch(result, config.search.device, tolerance))
    const { shipped } = chooseWinner(result, tolerance)
    if (shipped === undefined || args['table-only']) return
    const winner = { id, out: args.out, set, signingKey: signing.key }
    const summary = await exportWinner(signal, request, result, shipped, winner)
    process.stdout.write(`\n${summary}\n\n${signing.says}\n`)
  },
})
