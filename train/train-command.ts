import { defineCommand, type CommandDef } from 'citty'
import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import { isScaled, type PresetName } from './config/presets.ts'
import { readConfigFile } from './config/read-config-file.ts'
import { resolveConfig } from './config/resolve-config.ts'
import { fewestForPartitions } from './config/scale-to-data.ts'
import { trainedSettings, type TrainingConfig } from './config/schema.ts'
import { splitAssignments } from './config/split-assignments.ts'
import { otherSizes, requireBaseSizes } from './config/start-from-base.ts'
import { dataIdentity } from './data/data-identity.ts'
import { measureInput, splitCount } from './data/dataset.ts'
import { decodedFolder, loadDataset } from './data/load-dataset.ts'
import { bringFull } from './full/bring-full.ts'
import { broughtModel, fullFlags } from './full/full-flags.ts'
import type { FullGraph } from './full/full-graph.ts'
import { withUnlabelled } from './full/label-pictures.ts'
import type { BaseBundle } from './models/base-bundle.ts'
import { abortOnInterrupt } from './run/abort-on-interrupt.ts'
import { checkBundleId } from './run/check-bundle-id.ts'
import { checkDataset } from './run/check-dataset.ts'
import { givenSettings } from './run/check-flags.ts'
import { checkWritable } from './run/check-writable.ts'
import { namedBase, sizesOf, usualBaseFor, type ChosenBase } from './run/choose-base.ts'
import { runAsCommand } from './run/run-as-command.ts'
import { RunFolder } from './run/run-folder.ts'
import { runStart } from './run/run-start.ts'
import { typedCommand } from './run/typed-command.ts'
import { chooseKey } from './signing/choose-key.ts'
import { trainArgs } from './train-args.ts'

/** Of the file as it ships, and of how it is fed. */
const identityOf = ({ blob, spec }: FullGraph): string =>
  createHash('sha256').update(blob).update(JSON.stringify(spec.input)).digest('hex')

/** `npm run train -- <preset>`: from its flags to a bundle and its summary. */
export function trainCommand(preset: PresetName, description: string): CommandDef<typeof trainArgs> {
  return defineCommand({
    meta: { name: preset, description },
    args: trainArgs,
    run: ({ args, rawArgs }) =>
      runAsCommand({ rawArgs, known: trainArgs }, async (progress) => {
        const { data } = args
        const set = givenSettings(rawArgs)
        const file = await readConfigFile(args.config)
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
        const start = runStart(args)
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
        // Only now: what trains takes a second to load, and whoever is refused should know at once.
        const [{ takeFull }, { trainBundle }] = await Promise.all([
          import('./stages/take-full.ts'),
          import('./train-bundle.ts'),
        ])
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
