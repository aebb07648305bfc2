import { defineCommand, runMain } from 'citty'
import { join, resolve } from 'node:path'
import { argMax } from '../core/gate/entropy.ts'
import { CacheNetError } from '../core/wire/errors.ts'
import { parsePreset, presetNames, resolveConfig } from './config/presets.ts'
import { trainedSettings } from './config/schema.ts'
import { measureInput } from './data/dataset.ts'
import { loadDataset } from './data/load-dataset.ts'
import { startTrainingBackend } from './kernels/register.ts'
import { predictImages } from './models/predict.ts'
import { formatRegions, type SeededCode } from './regions/format-regions.ts'
import { abortOnInterrupt } from './run/abort-on-interrupt.ts'
import { parseSeeds } from './run/parse-seeds.ts'
import { Progress } from './run/progress.ts'
import { RunFolder, writeAtomically } from './run/run-folder.ts'
import { trainFull } from './stages/1-full.ts'
import { encodeFeatures, trainCode, trunkFeatures, type TrunkFeatures } from './stages/3-code.ts'
import type { StageContext } from './stages/context.ts'

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
    run: async ({ args }) => {
      const progress = new Progress()
      try {
        const preset = parsePreset(args.preset)
        const assignments = args.set?.split(/\s+/).filter((part) => part !== '') ?? []
        const config = resolveConfig(preset, undefined, assignments)
        const dataset = await loadDataset(preset, args.data, config, progress)
        const folder = args.run ?? join('runs', `regions-${preset}`)
        const signal = abortOnInterrupt(progress)
        await startTrainingBackend()
        const input = measureInput(dataset.train, dataset.size)
        const codes: SeededCode[] = []
        let trunk: TrunkFeatures | undefined
        let validation: { readonly features: Float32Array; readonly featureSize: number } | undefined
        for (const seed of parseSeeds(args.seeds)) {
          const own = { ...config, seed }
          const run = await RunFolder.openOrResume(join(folder, `seed-${seed}`), { dataset: preset, data: args.data === undefined ? null : resolve(args.data), config: trainedSettings(own) })
          const context: StageContext = { signal, config: own, dataset, input, run, progress }
          if (trunk === undefined) {
            if (args['full-from'] !== undefined) await run.takeCheckpoint(args['full-from'], 'full.bin')
            trunk = trunkFeatures(context, await trainFull(context))
            validation = predictImages(trunk.full, dataset.validation, input, () => undefined)
          }
          progress.say(`\nCode of seed ${seed}`)
          const { encoder } = await trainCode(context, trunk)
          if (validation !== undefined) codes.push({ seed, chosen: encodeFeatures(encoder, validation.features, validation.featureSize).map((code) => argMax(code)) })
        }
        const text = formatRegions(codes, dataset.validation.labels, dataset.classNames, config.partitionCount)
        await writeAtomically(join(folder, 'regions.txt'), `${text}\n`)
        process.stdout.write(`\n${text}\n`)
      } catch (thrown) {
        if (!(thrown instanceof CacheNetError)) throw thrown
        progress.say(`\n${thrown.message} [${thrown.code}]`)
        process.exitCode = thrown.code === 'aborted' ? 130 : 1
      }
    },
  }),
)
