import { defineCommand, type CommandDef } from 'citty'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CacheNetError } from '../core/wire/errors.ts'
import { isScaled, resolveConfig, type PresetName } from './config/presets.ts'
import { fewestForPartitions } from './config/scale-to-data.ts'
import { trainedSettings, type TrainingConfig } from './config/schema.ts'
import { splitAssignments } from './config/split-assignments.ts'
import { dataIdentity } from './data/data-identity.ts'
import { measureInput, splitCount } from './data/dataset.ts'
import { loadDataset } from './data/load-dataset.ts'
import { abortOnInterrupt } from './run/abort-on-interrupt.ts'
import { checkBundleId } from './run/check-bundle-id.ts'
import { checkDataset } from './run/check-dataset.ts'
import { givenSettings } from './run/check-flags.ts'
import { checkWritable } from './run/check-writable.ts'
import { runAsCommand } from './run/run-as-command.ts'
import { RunFolder, type RunStart } from './run/run-folder.ts'
import { typedCommand } from './run/typed-command.ts'
import { chooseKey, keyFlag } from './signing/choose-key.ts'
import { takeFull } from './stages/take-full.ts'
import { trainBundle } from './train-bundle.ts'

const trainArgs = {
  data: { type: 'string', description: 'Folder with the data (not for walkers)', valueHint: 'DIR' },
  id: { type: 'string', description: 'Name of the bundle. Default: the data set', valueHint: 'NAME' },
  out: { type: 'string', description: 'Where bundles go', default: 'public/bundles', valueHint: 'DIR' },
  run: {
    type: 'string',
    description: 'Folder of the run: checkpoints, metrics. Default: runs/<id>',
    valueHint: 'DIR',
  },
  'full-from': {
    type: 'string',
    description:
      'Run, finished or not, or bundle whose full model this run takes over instead of training its own',
    valueHint: 'DIR',
  },
  resume: { type: 'boolean', description: 'Go on with the run, after Ctrl-C or a failure', default: false },
  anew: {
    type: 'boolean',
    description: 'Throw away what the run before has left, and begin again',
    default: false,
  },
  config: {
    type: 'string',
    description: 'JSON file with settings that differ from the preset',
    valueHint: 'FILE',
  },
  set: {
    type: 'string',
    description:
      'Settings that differ, separated by spaces: "full.optimizer.epochs=4 seed=2"; may be given again',
    valueHint: 'KEY=VALUE',
  },
  key: keyFlag,
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

/** A flag that says how to begin excludes the others. */
function startOf({ resume, anew }: { readonly resume: boolean; readonly anew: boolean }): RunStart {
  if (resume && anew)
    throw new CacheNetError(
      'config-invalid',
      '--resume goes on with a run and --anew throws it away. Choose one.',
      {},
    )
  return resume ? 'resume' : anew ? 'anew' : 'new'
}

export function trainCommand(preset: PresetName, description: string): CommandDef<typeof trainArgs> {
  return defineCommand({
    meta: { name: preset, description },
    args: trainArgs,
    run: ({ args, rawArgs }) =>
      runAsCommand({ rawArgs, known: trainArgs }, async (progress) => {
        const { data } = args
        const set = givenSettings(rawArgs)
        const file = await readJson(args.config)
        const configFor = (images?: number): TrainingConfig =>
          resolveConfig(preset, file, splitAssignments(set), images)
        const early = configFor()
        const print = (config: TrainingConfig): void =>
          void process.stdout.write(`${JSON.stringify(config, null, 2)}\n`)
        if (args['print-config'] && (data === undefined || !isScaled(preset))) {
          print(early)
          return
        }

        // All that can be known before is said before: first what costs nothing to find out.
        const id = args.id ?? preset
        checkBundleId(id)
        const start = startOf(args)
        const path = args.run ?? join('runs', id)
        const bundleFolder = join(args.out, id)
        const signing = await chooseKey(args.key)
        if (!args['print-config']) {
          await RunFolder.requireStart(path, start)
          await checkWritable('--out', bundleFolder)
          await checkWritable('--run', path)
          await RunFolder.lock(path)
        }
        const dataset = await loadDataset(preset, data, early, progress)
        const warnings = checkDataset(dataset)
        const images = splitCount(dataset.train)
        const config = configFor(images)
        if (args['print-config']) {
          print(config)
          return
        }
        for (const warning of warnings) progress.say(warning)
        if (config.partitionCount === 0 && early.partitionCount > 0) {
          progress.say(
            `${images} images to train on are too few for partitions, which need ${fewestForPartitions}: the bundle gets the generalist alone. --set partitionCount=2 tries all the same.`,
          )
        }
        // A run whose data cannot be read is none.
        if (start === 'anew') await RunFolder.remove(path)
        const identity = {
          dataset: preset,
          data: data === undefined ? null : resolve(data),
          config: trainedSettings(config),
          ...dataIdentity(dataset),
        }
        const run = await RunFolder.open(path, identity, start === 'resume')
        const fullFrom = args['full-from']
        if (fullFrom !== undefined && start !== 'resume')
          await takeFull({ config, dataset, input: measureInput(dataset.train, dataset.size), run }, fullFrom)
        const command = typedCommand(preset, { id, data, config: args.config, fullFrom, set })
        const { summary } = await trainBundle(abortOnInterrupt(progress), {
          dataset,
          config,
          run,
          progress,
          bundleId: id,
          bundleFolder,
          command,
          signingKey: signing.key,
        })
        process.stdout.write(`\n${summary}\n\n${signing.says}\n`)
      }),
  })
}
