import { defineCommand, runMain } from 'citty'
import { basename, join, resolve } from 'node:path'
import { CacheNetError } from '../core/wire/errors.ts'
import { parsePreset, presetNames, resolveConfig } from './config/presets.ts'
import { trainedSettings } from './config/schema.ts'
import { loadDataset } from './data/load-dataset.ts'
import { abortOnInterrupt } from './run/abort-on-interrupt.ts'
import { Progress } from './run/progress.ts'
import { RunFolder, writeAtomically } from './run/run-folder.ts'
import { chooseWinner } from './search/choose-winner.ts'
import { formatSearch } from './search/format-search.ts'
import { candidateName, runSearch } from './search/run-search.ts'
import { trainBundle } from './train-bundle.ts'

await runMain(
  defineCommand({
    meta: {
      name: 'npm run search --',
      description:
        'Finds the size of a partition and their number: trains candidates briefly, from small to large, and names the one with the least expected time a frame ' +
        'at the accuracy line, for the device of the settings search.device. Says so where plain Cascade is as good. Then trains the winner at full length and ' +
        'exports it, the generalist alone where that is the winner. Ctrl-C stops; the same command goes on.',
    },
    args: {
      preset: { type: 'positional', description: `Data set: ${presetNames.join(', ')}`, required: true, valueHint: 'PRESET' },
      data: { type: 'string', description: 'Folder with the data (not for walkers)', valueHint: 'DIR' },
      'full-from': { type: 'string', description: 'Run whose full model the candidates take over', valueHint: 'RUN' },
      set: { type: 'string', description: 'Settings that differ from the preset, separated by spaces: "search.device.roundTripMs=50"', valueHint: 'KEY=VALUE' },
      run: { type: 'string', description: 'Folder of the candidates. Default: runs/search-<preset>', valueHint: 'DIR' },
      id: { type: 'string', description: 'Name of the winner’s bundle. Default: the preset', valueHint: 'NAME' },
      out: { type: 'string', description: 'Where bundles go', default: 'public/bundles', valueHint: 'DIR' },
      'table-only': { type: 'boolean', description: 'Print the table and stop: train and export no winner', default: false },
    },
    run: async ({ args }) => {
      const progress = new Progress()
      try {
        const preset = parsePreset(args.preset)
        const config = resolveConfig(preset, undefined, args.set?.split(/\s+/).filter((part) => part !== '') ?? [])
        const dataset = await loadDataset(preset, args.data, config, progress)
        const folder = args.run ?? join('runs', `search-${preset}`)
        const data = args.data === undefined ? null : resolve(args.data)
        const signal = abortOnInterrupt(progress)
        const result = await runSearch(signal, { preset, data, config, dataset, folder, fullFrom: args['full-from'], progress })
        await writeAtomically(join(folder, 'results.json'), `${JSON.stringify(result, null, 2)}\n`)
        process.stdout.write(`\n${formatSearch(result, config.search.device, config.gate.accuracyTolerance)}\n`)
        const { shipped } = chooseWinner(result, config.gate.accuracyTolerance)
        if (shipped === undefined || args['table-only']) return
        const own = { ...config, partitionCount: shipped.partitionCount, generalist: { ...config.generalist, widths: [...shipped.widths] as [number, number, number] } }
        const run = await RunFolder.openOrResume(join(folder, 'winner'), { dataset: preset, data, config: trainedSettings(own) })
        const [first] = result.rows
        if (first !== undefined) await run.takeCheckpoint(args['full-from'] ?? join(folder, candidateName(first)), 'full.bin')
        const id = args.id ?? preset
        const set = [...(args.set === undefined ? [] : [args.set]), `generalist.widths=${JSON.stringify(shipped.widths)}`, `partitionCount=${shipped.partitionCount}`].join(' ')
        const command = `npm run train -- ${preset}${args.data === undefined ? '' : ` --data ${basename(resolve(args.data))}`} --id ${id} --set "${set}"`
        const { summary } = await trainBundle(signal, { dataset, config: own, run, progress, bundleId: id, bundleFolder: join(args.out, id), command })
        process.stdout.write(`\n${summary}\n`)
      } catch (thrown) {
        if (!(thrown instanceof CacheNetError)) throw thrown
        progress.say(`\n${thrown.message} [${thrown.code}]`)
        process.exitCode = thrown.code === 'aborted' ? 130 : 1
      }
    },
  }),
)
