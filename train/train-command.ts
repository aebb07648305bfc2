import { defineCommand, type CommandDef } from 'citty'
import { readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { CacheNetError } from '../core/wire/errors.ts'
import { resolveConfig, type PresetName } from './config/presets.ts'
import { trainedSettings } from './config/schema.ts'
import { loadDataset } from './data/load-dataset.ts'
import { abortOnInterrupt } from './run/abort-on-interrupt.ts'
import { Progress } from './run/progress.ts'
import { RunFolder } from './run/run-folder.ts'
import { trainBundle } from './train-bundle.ts'

const trainArgs = {
  data: { type: 'string', description: 'Folder with the data (not for walkers)', valueHint: 'DIR' },
  id: { type: 'string', description: 'Name of the bundle. Default: the data set', valueHint: 'NAME' },
  out: { type: 'string', description: 'Where bundles go', default: 'public/bundles', valueHint: 'DIR' },
  run: { type: 'string', description: 'Folder of the run: checkpoints, metrics. Default: runs/<id>', valueHint: 'DIR' },
  'full-from': { type: 'string', description: 'Run whose full model this one takes over instead of training its own, finished or not', valueHint: 'RUN' },
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

/** The command as a person would type it on another machine: the data folder by its last name only. */
function typedCommand(preset: PresetName, data: string | undefined, args: { id: string; set?: string | undefined; config?: string | undefined; fullFrom?: string | undefined }): string {
  const parts = ['npm run train --', preset]
  if (data !== undefined) parts.push(`--data ${basename(resolve(data))}`)
  if (args.id !== preset) parts.push(`--id ${args.id}`)
  if (args.config !== undefined) parts.push(`--config ${basename(args.config)}`)
  if (args.fullFrom !== undefined) parts.push(`--full-from ${basename(resolve(args.fullFrom))}`)
  if (args.set !== undefined) parts.push(`--set "${args.set}"`)
  return parts.join(' ')
}

export function trainCommand(preset: PresetName, description: string): CommandDef<typeof trainArgs> {
  return defineCommand({
    meta: { name: preset, description },
    args: trainArgs,
    run: async ({ args }) => {
      const progress = new Progress()
      try {
        const config = resolveConfig(preset, await readJson(args.config), args.set?.split(/\s+/).filter((part) => part !== '') ?? [])
        if (args['print-config']) return void process.stdout.write(`${JSON.stringify(config, null, 2)}\n`)
        const id = args.id ?? preset
        const identity = { dataset: preset, data: args.data === undefined ? null : resolve(args.data), config: trainedSettings(config) }
        // Data first: a run whose data cannot be read is none.
        const dataset = await loadDataset(preset, args.data, config, progress)
        const run = await RunFolder.open(args.run ?? join('runs', id), identity, args.resume)
        if (args['full-from'] !== undefined && !args.resume) await run.takeCheckpoint(args['full-from'], 'full.bin')
        const { summary } = await trainBundle(abortOnInterrupt(progress), {
          dataset,
          config,
          run,
          progress,
          bundleId: id,
          bundleFolder: join(args.out, id),
          command: typedCommand(preset, args.data, { id, set: args.set, config: args.config, fullFrom: args['full-from'] }),
        })
        process.stdout.write(`\n${summary}\n`)
      } catch (thrown) {
        if (!(thrown instanceof CacheNetError)) throw thrown
        progress.say(`\n${thrown.message} [${thrown.code}]`)
        process.exitCode = thrown.code === 'aborted' ? 130 : 1
      }
    },
  })
}
