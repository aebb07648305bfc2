import { defineCommand, type CommandDef } from 'citty'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CacheNetError } from '../core/wire/errors.ts'
import { isScaled, type PresetName } from './config/presets.ts'
import { resolveConfig } from './config/resolve-config.ts'
import { fewestForPartitions } from './config/scale-to-data.ts'
import { trainedSettings, type TrainingConfig } from './config/schema.ts'
import { splitAssignments } from './config/split-assignments.ts'
import { otherSizes, requireBaseSizes } from './config/start-from-base.ts'
import { dataIdentity } from './data/data-identity.ts'
import { measureInput, splitCount } from './data/dataset.ts'
import { decodedFolder, loadDataset } from './data/load-dataset.ts'
import { bringFull, type BroughtModel } from './full/bring-full.ts'
import type { FullGraph } from './full/full-graph.ts'
import { withUnlabelled } from './full/label-pictures.ts'
import { classPicturesFlag } from './class-pictures/class-pictures-flag.ts'
import type { BaseBundle } from './models/base-bundle.ts'
import { abortOnInterrupt } from './run/abort-on-interrupt.ts'
import { checkBundleId } from './run/check-bundle-id.ts'
import { checkDataset } from './run/check-dataset.ts'
import { givenSettings } from './run/check-flags.ts'
import { checkWritable } from './run/check-writable.ts'
import { namedBase, sizesOf, usualBaseFor, type ChosenBase } from './run/choose-base.ts'
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
  full: {
    type: 'string',
    description:
      'ONNX classifier of pictures that becomes the full model instead of one that is trained: the teacher, the answer to misses, the trunk of the encoder',
    valueHint: 'FILE',
  },
  labels: {
    type: 'string',
    description:
      'With --full: one class a line, in the order of its outputs, called like the folders. Left out: what the file says, or the folders in alphabetical order',
    valueHint: 'FILE',
  },
  'full-input': {
    type: 'string',
    description:
      'With --full: what the file does not say of its pictures, such as "224,imagenet": size; imagenet, half, unit (0..1), byte (0..255), tf (-1..1), clip, caffe, or mean=R/G/B and std=R/G/B; rgb or bgr; nchw or nhwc. A scale that is left out is found by trying',
    valueHint: 'WORDS',
  },
  'full-features': {
    type: 'string',
    description: 'With --full: name of the value that the last dense layer reads, where it is not found',
    valueHint: 'NAME',
  },
  'full-licence': {
    type: 'string',
    description: 'With --full: file with the licence of the model, which ships beside it',
    valueHint: 'FILE',
  },
  unlabelled: {
    type: 'string',
    description: 'With --full: folder of pictures without labels; the full model labels them for training',
    valueHint: 'DIR',
  },
  'dry-run': {
    type: 'boolean',
    description: 'With --full: say what the model was taken for and how right it is, and stop',
    default: false,
  },
  from: {
    type: 'string',
    description:
      'Bundle (folder, or id in public/bundles) whose trunks full model and generalist begin with; none: from scratch. Default: cifar10 for a folder of few images, else none',
    valueHint: 'BUNDLE',
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
  'class-pictures': classPicturesFlag,
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

interface FullArgs {
  readonly full?: string | undefined
  readonly labels?: string | undefined
  readonly 'full-input'?: string | undefined
  readonly 'full-features'?: string | undefined
  readonly 'full-licence'?: string | undefined
  readonly unlabelled?: string | undefined
  readonly 'full-from'?: string | undefined
  readonly 'dry-run': boolean
}

const fullFlags = (args: FullArgs): Readonly<Record<string, string | undefined>> => ({
  full: args.full,
  labels: args.labels,
  'full-input': args['full-input'],
  'full-features': args['full-features'],
  'full-licence': args['full-licence'],
  unlabelled: args.unlabelled,
})

/**
 * The model that somebody brings; undefined where a full model is trained. Throws `config-invalid` for flags
 * that say something of a model that there is not.
 */
function broughtModel(args: FullArgs): BroughtModel | undefined {
  const { full: model } = args
  if (model === undefined) {
    const without = Object.entries(fullFlags(args)).find(([, value]) => value !== undefined)?.[0]
    const flag = without ?? (args['dry-run'] ? 'dry-run' : undefined)
    if (flag === undefined) return undefined
    throw new CacheNetError('config-invalid', `--${flag} says something of --full FILE, and there is none.`, {
      flag,
    })
  }
  if (args['full-from'] !== undefined)
    throw new CacheNetError(
      'config-invalid',
      '--full and --full-from both name a full model. Choose one.',
      {},
    )
  const { labels } = args
  return {
    model,
    labels,
    input: args['full-input'],
    features: args['full-features'],
    licence: args['full-licence'],
  }
}

/** Of the file as it ships, and of how it is fed. */
const identityOf = ({ blob, spec }: FullGraph): string =>
  createHash('sha256').update(blob).update(JSON.stringify(spec.input)).digest('hex')

export function trainCommand(preset: PresetName, description: string): CommandDef<typeof trainArgs> {
  return defineCommand({
    meta: { name: preset, description },
    args: trainArgs,
    run: ({ args, rawArgs }) =>
      runAsCommand({ rawArgs, known: trainArgs }, async (progress) => {
        const { data } = args
        const set = givenSettings(rawArgs)
        const file = await readJson(args.config)
        const configFor = (images?: number, base?: BaseBundle): TrainingConfig =>
          resolveConfig(preset, file, splitAssignments(set), images, base && sizesOf(base))
        const named = await namedBase(args.from)
        const early = configFor(undefined, named)
        if (named !== undefined) requireBaseSizes(early, sizesOf(named))
        const print = (config: TrainingConfig): void =>
          void process.stdout.write(`${JSON.stringify(config, null, 2)}\n`)
        if (args['print-config'] && (data === undefined || !isScaled(preset))) {
          print(early)
          return
        }

        const brought = broughtModel(args)
        const isDry = args['dry-run']

        // All that can be known before is said before: first what costs nothing to find out.
        const id = args.id ?? preset
        checkBundleId(id)
        const start = startOf(args)
        const path = args.run ?? join('runs', id)
        const bundleFolder = join(args.out, id)
        const signing = await chooseKey(args.key)
        if (!args['print-config'] && !isDry) {
          await RunFolder.requireStart(path, start)
          await checkWritable('--out', bundleFolder)
          await checkWritable('--run', path)
          await RunFolder.lock(path)
        }
        const labelled = await loadDataset(preset, data, early, progress)
        const warnings = checkDataset(labelled)
        const fullFrom = args['full-from']
        const choose = (images: number): Promise<ChosenBase> =>
          args.from === undefined
            ? usualBaseFor({
                preset,
                images,
                hasOwnSizes: (sizes) =>
                  fullFrom !== undefined ||
                  otherSizes(resolveConfig(preset, file, splitAssignments(set), images, sizes), sizes)
                    .length > 0,
              })
            : Promise.resolve({ base: named, says: undefined })
        if (args['print-config']) {
          const images = splitCount(labelled.train)
          print(configFor(images, (await choose(images)).base))
          return
        }
        for (const warning of warnings) progress.say(warning)
        const full =
          brought === undefined ? undefined : (await bringFull(brought, labelled, early.seed, progress)).full
        if (isDry) return
        const { dataset, digest: unlabelled } =
          full === undefined || args.unlabelled === undefined
            ? { dataset: labelled, digest: undefined }
            : await withUnlabelled(labelled, args.unlabelled, full, decodedFolder(), progress)
        const images = splitCount(dataset.train)
        const { base, says } = await choose(images)
        const config = configFor(images, base)
        if (says !== undefined) progress.say(says)
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
          ...(full === undefined ? {} : { full: identityOf(full) }),
          ...(unlabelled === undefined ? {} : { unlabelled }),
          ...(base === undefined ? {} : { base: { id: base.id, sha256: base.sha256 } }),
        }
        const run = await RunFolder.open(path, identity, start === 'resume')
        if (fullFrom !== undefined && start !== 'resume')
          await takeFull({ config, dataset, input: measureInput(dataset.train, dataset.size), run }, fullFrom)
        const command = typedCommand(preset, {
          id,
          data,
          config: args.config,
          from: args.from,
          fullFrom,
          full: fullFlags(args),
          hasClassPictures: args['class-pictures'],
          set,
        })
        const { summary } = await trainBundle(abortOnInterrupt(progress), {
          dataset,
          config,
          run,
          base,
          progress,
          bundleId: id,
          bundleFolder,
          command,
          full,
          hasClassPictures: args['class-pictures'],
          signingKey: signing.key,
        })
        process.stdout.write(`\n${summary}\n\n${signing.says}\n`)
      }),
  })
}
