import { defineCommand, runMain } from 'citty'
import { basename, join, resolve } from 'node:path'
import { CacheNetError } from '../core/wire/errors.ts'
import { splitAssignments } from './config/split-assignments.ts'
import { refineBundle } from './refine-bundle.ts'
import { abortOnInterrupt } from './run/abort-on-interrupt.ts'
import { givenSettings } from './run/check-flags.ts'
import { checkWritable } from './run/check-writable.ts'
import { runAsCommand } from './run/run-as-command.ts'
import { setArgument } from './run/typed-command.ts'
import { chooseKey, keyFlag } from './signing/choose-key.ts'

const args = {
  bundle: { type: 'positional', description: 'Folder of the bundle', valueHint: 'BUNDLE', required: true },
  data: {
    type: 'string',
    description: 'Folder with the data that it was trained on (not for walkers and people)',
    valueHint: 'DIR',
  },
  epochs: { type: 'string', description: 'Passes over the images', valueHint: 'N', default: '3' },
  set: {
    type: 'string',
    description:
      'Settings of losses, gate and search that differ, separated by spaces: "partition.loss.strangerShare=0.25"; may be given again',
    valueHint: 'KEY=VALUE',
  },
  out: {
    type: 'string',
    description: 'Folder of the refined bundle. Default: the bundle itself',
    valueHint: 'DIR',
  },
  run: {
    type: 'string',
    description:
      'Folder of the run, with its checkpoints; the same command goes on there. Default: runs/<id>-refined',
    valueHint: 'DIR',
  },
  key: keyFlag,
} as const

function parseEpochs(text: string): number {
  const epochs = Number(text)
  if (Number.isFinite(epochs) && epochs > 0) return epochs
  throw new CacheNetError('config-invalid', `--epochs must be a number above 0, and is ${text}.`, { text })
}

await runMain(
  defineCommand({
    meta: {
      name: 'npm run refine --',
      description:
        'Trains the small networks of a finished bundle on, from their own weights, under losses that may be others; then calibrates and evaluates them. Full model, code and classes stay. Ctrl-C writes a checkpoint, and the same command goes on from there.',
    },
    args,
    run: ({ rawArgs, args: { bundle, data, epochs, out, run, key } }) =>
      runAsCommand({ rawArgs, known: args }, async (progress) => {
        const set = givenSettings(rawArgs)
        const passes = parseEpochs(epochs)
        const parts = [
          'npm run refine --',
          bundle,
          ...(data === undefined ? [] : [`--data ${basename(resolve(data))}`]),
          `--epochs ${passes}`,
          ...(set === undefined ? [] : [setArgument(set)]),
        ]
        await checkWritable('--out', out ?? bundle)
        const signing = await chooseKey(key)
        const { summary } = await refineBundle(abortOnInterrupt(progress), {
          bundle,
          out: out ?? bundle,
          data,
          assignments: splitAssignments(set),
          epochs: passes,
          run: run ?? join('runs', `${basename(resolve(bundle))}-refined`),
          command: parts.join(' '),
          progress,
          signingKey: signing.key,
        })
        process.stdout.write(`\n${summary}\n\n${signing.says}\n`)
      }),
  }),
)
