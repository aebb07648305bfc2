import { defineCommand, runMain } from 'citty'
import { join, resolve } from 'node:path'
import { parsePreset, presetNames, resolveConfig } from './config/presets.ts'
import { splitAssignments } from './config/split-assignments.ts'
import { loadDataset } from './data/load-dataset.ts'
import { formatRegions } from './regions/format-regions.ts'
import { runRegions } from './regions/run-regions.ts'
import { abortOnInterrupt } from './run/abort-on-interrupt.ts'
import { parseIntegers } from './run/parse-integers.ts'
import { runAsCommand } from './run/run-as-command.ts'
import { writeAtomically } from './run/run-folder.ts'

await runMain(
  defineCommand({
    meta: {
      name: 'npm run regions --',
      description: 'Trains the code alone with several seeds on one full model, and says which classes lie where and how many images stay in the same region. Ctrl-C stops; the same command goes on.',
    },
    args: {
      preset: { type: 'positional', description: `Data set: ${presetNames.join(', ')}`, required: true, valueHint: 'PRESET' },
      data: { type: 'string', description: 'Folder with the data (not for walkers)', valueHint: 'DIR' },
      'full-from': { type: 'string', description: 'Run whose full model is taken over instead of training one', valueHint: 'RUN' },
      seeds: { type: 'string', description: 'Seeds of the code, separated by commas', default: '1,2,3', valueHint: 'N,N' },
      set: { type: 'string', description: 'Settings that differ from the preset, separated by spaces', valueHint: 'KEY=VALUE' },
      run: { type: 'string', description: 'Folder of the runs. Default: runs/regions-<preset>', valueHint: 'DIR' },
    },
    run: ({ args }) =>
      runAsCommand(async (progress) => {
        const preset = parsePreset(args.preset)
        const seeds = parseIntegers('--seeds', args.seeds)
        const config = resolveConfig(preset, undefined, splitAssignments(args.set))
        const dataset = await loadDataset(preset, args.data, config, progress)
        const folder = args.run ?? join('runs', `regions-${preset}`)
        const data = args.data === undefined ? null : resolve(args.data)
        const codes = await runRegions(abortOnInterrupt(progress), { preset, data, config, dataset, folder, fullFrom: args['full-from'], seeds, progress })
        const text = formatRegions(codes, dataset.validation.labels, dataset.classNames, config.partitionCount)
        await writeAtomically(join(folder, 'regions.txt'), `${text}\n`)
        process.stdout.write(`\n${text}\n`)
      }),
  }),
)
