import { defineCommand, runMain } from 'citty'
import { join, resolve } from 'node:path'
import { parsePreset, presetNames, resolveConfig } from './config/presets.ts'
import { splitAssignments } from './config/split-assignments.ts'
import { loadDataset } from './data/load-dataset.ts'
import { formatDeltas } from './deltas/format-deltas.ts'
import { runDeltas } from './deltas/run-deltas.ts'
import { abortOnInterrupt } from './run/abort-on-interrupt.ts'
import { parseIntegers } from './run/parse-integers.ts'
import { runAsCommand } from './run/run-as-command.ts'
import { writeAtomically } from './run/run-folder.ts'

await runMain(
  defineCommand({
    meta: {
      name: 'npm run deltas --',
      description:
        'Trains the deltas of a finished run anew with kernels that differ by products of several ranks, and tables bytes, accuracy and coverage of each ' +
        'beside the whole partitions, on validation images. Ctrl-C stops; the same command goes on.',
    },
    args: {
      preset: { type: 'positional', description: `Data set: ${presetNames.join(', ')}`, required: true, valueHint: 'PRESET' },
      data: { type: 'string', description: 'Folder with the data (not for walkers)', valueHint: 'DIR' },
      from: { type: 'string', description: 'Finished run whose networks are taken over', required: true, valueHint: 'RUN' },
      ranks: { type: 'string', description: 'Ranks, separated by commas; 0 changes gains, shifts and head alone', default: '0,1,2,4', valueHint: 'N,N' },
      set: { type: 'string', description: 'Settings that differ from the preset, separated by spaces', valueHint: 'KEY=VALUE' },
      run: { type: 'string', description: 'Folder of the runs. Default: runs/deltas-<preset>', valueHint: 'DIR' },
    },
    run: ({ args }) =>
      runAsCommand(async (progress) => {
        const preset = parsePreset(args.preset)
        const ranks = parseIntegers('--ranks', args.ranks)
        const config = resolveConfig(preset, undefined, splitAssignments(args.set))
        const dataset = await loadDataset(preset, args.data, config, progress)
        const folder = args.run ?? join('runs', `deltas-${preset}`)
        const data = args.data === undefined ? null : resolve(args.data)
        const results = await runDeltas(abortOnInterrupt(progress), { preset, data, config, dataset, folder, from: args.from, ranks, progress })
        await writeAtomically(join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`)
        process.stdout.write(`\n${formatDeltas(results)}\n`)
      }),
  }),
)
