import { defineCommand, runMain } from 'citty'
import { join, resolve } from 'node:path'
import { CacheNetError } from '../core/wire/errors.ts'
import { parsePreset, presetNames, resolveConfig } from './config/presets.ts'
import { loadDataset } from './data/load-dataset.ts'
import { abortOnInterrupt } from './run/abort-on-interrupt.ts'
import { Progress } from './run/progress.ts'
import { writeAtomically } from './run/run-folder.ts'
import { formatSearch } from './search/format-search.ts'
import { runSearch } from './search/run-search.ts'

await runMain(
  defineCommand({
    meta: {
      name: 'npm run search --',
      description:
        'Finds the size of a partition and their number: trains candidates briefly, from small to large, and names the one with the least expected time a frame ' +
        'at the accuracy line, for the device of the settings search.device. Says so where plain Cascade is as good. Ctrl-C stops; the same command goes on.',
    },
    args: {
      preset: { type: 'positional', description: `Data set: ${presetNames.join(', ')}`, required: true, valueHint: 'PRESET' },
      data: { type: 'string', description: 'Folder with the data (not for walkers)', valueHint: 'DIR' },
      'full-from': { type: 'string', description: 'Run whose full model the candidates take over', valueHint: 'RUN' },
      set: { type: 'string', description: 'Settings that differ from the preset, separated by spaces: "search.device.roundTripMs=50"', valueHint: 'KEY=VALUE' },
      run: { type: 'string', description: 'Folder of the candidates. Default: runs/search-<preset>', valueHint: 'DIR' },
    },
    run: async ({ args }) => {
      const progress = new Progress()
      try {
        const preset = parsePreset(args.preset)
        const config = resolveConfig(preset, undefined, args.set?.split(/\s+/).filter((part) => part !== '') ?? [])
        const dataset = await loadDataset(preset, args.data, config, progress)
        const folder = args.run ?? join('runs', `search-${preset}`)
        const data = args.data === undefined ? null : resolve(args.data)
        const result = await runSearch(abortOnInterrupt(progress), { preset, data, config, dataset, folder, fullFrom: args['full-from'], progress })
        await writeAtomically(join(folder, 'results.json'), `${JSON.stringify(result, null, 2)}\n`)
        process.stdout.write(`\n${formatSearch(result, config.search.device, config.gate.accuracyTolerance)}\n`)
      } catch (thrown) {
        if (!(thrown instanceof CacheNetError)) throw thrown
        progress.say(`\n${thrown.message} [${thrown.code}]`)
        process.exitCode = thrown.code === 'aborted' ? 130 : 1
      }
    },
  }),
)
