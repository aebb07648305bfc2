import { defineCommand, type CommandDef } from 'citty'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CacheNetError } from '../core/wire/errors.ts'
import { resolveConfig, type PresetName } from './config/presets.ts'
import { trainedSettings } from './config/schema.ts'
import { splitAssignments } from './config/split-assignments.ts'
import { dataIdentity } from './data/data-identity.ts'
import { measureInput } from './data/dataset.ts'
import { loadDataset } from './data/load-dataset.ts'
import { abortOnInterrupt } from './run/abort-on-interrupt.ts'
import { runAsCommand } from './run/run-as-command.ts'
import { RunFolder } from './run/run-folder.ts'
import { typedCommand } from './run/typed-command.ts'
import { takeFull } from './stages/take-full.ts'
import { trainBundle } from './train-bundle.ts'

const trainArgs = {
  data: { type: 'string', description: 'Folder with the data (not for walkers)', valueHint: 'DIR' },
  id: { type: 'string', description: 'Name of the bundle. Default: the data set', valueHint: 'NAME' },
  out: { type: 'string', description: 'Where bundles go', default: 'public/bundles', valueHint: 'DIR' },
  run: { type: 'string', description: 'Folder of the run: checkpoints, metrics. Default: runs/<id>', valueHint: 'DIR' },
  'full-from': { type: 'string', description: 'Run, finished or not, or bundle whose full model this run takes over instead of training its own', valueHint: 'DIR' },
  resume: { type: 'boolean', description: 'Go on with the run instead of starting it afresh', default: false },
  config: { type: 'string', description: 'JSON file with settings that differ from the preset', valueHint: 'FILE' },
  set: { type: 'string', description: 'Settings that differ, separated by spaces: "full.optimizer.epochs=4 seed=2"', valueHint: 'KEY=VALUE' },
  'print-config': { type: 'boolean', description: 'Print the resolved settings and stop', default: false },
} as const

async function readJson(path: string | undefined): Promise<unknown> {
  if (path === undefined) return undefined
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown
  } catch (error) {
    throw new CacheNetError('config-invalid', `${path} is no JSON file.`, { path }, { cause: error })
  }
}

export function trainCommand(preset: PresetName, description: string): CommandDef<typeof trainArgs> {
  return defineCommand({
    meta: { name: preset, description },
    args: trainArgs,
    run: ({ args }) =>
      runAsCommand(async (progress) => {
        const { data, set } = args
        const fullFrom = args['full-from']
        const config = resolveConfig(preset, await readJson(args.config), splitAssignments(set))
        if (args['print-config']) return void process.stdout.write(`${JSON.stringify(config, null, 2)}\n`)
        const id = args.id ?? preset
        // Data first: a run whose data cannot be read is none.
        const dataset = await loadDataset(preset, data, config, progress)
        const identity = { dataset: preset, data: data === undefined ? null : resolve(data), config: trainedSettings(config), ...dataIdentity(dataset) }
        const run = await RunFolder.open(args.run ?? join('runs', id), identity, args.resume)
        if (fullFrom !== undefined && !args.resume) await takeFull({ config, dataset, input: measureInput(dataset.train, dataset.size), run }, fullFrom)
        const { summary } = await trainBundle(abortOnInterrupt(progress), {
          dataset,
          config,
          run,
          progress,
          bundleId: id,
          bundleFolder: join(args.out, id),
          command: typedCommand(preset, { id, data, config: args.config, fullFrom, set }),
        })
        process.stdout.write(`\n${summary}\n`)
      }),
  })
}
