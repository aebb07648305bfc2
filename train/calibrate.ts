import { defineCommand, runMain } from 'citty'
import { basename, resolve } from 'node:path'
import { classPicturesFlag } from './class-pictures/class-pictures-flag.ts'
import { splitAssignments } from './config/split-assignments.ts'
import { recalibrateBundle } from './recalibrate-bundle.ts'
import { givenSettings } from './run/check-flags.ts'
import { checkWritable } from './run/check-writable.ts'
import { runAsCommand } from './run/run-as-command.ts'
import { setArgument } from './run/typed-command.ts'
import { chooseKey, keyFlag } from './signing/choose-key.ts'

const args = {
  bundle: { type: 'positional', description: 'Folder of the bundle', valueHint: 'BUNDLE', required: true },
  data: {
    type: 'string',
    description: 'Folder with the data that it was trained on (not for walkers)',
    valueHint: 'DIR',
  },
  set: {
    type: 'string',
    description:
      'Settings of gate and search that differ, separated by spaces: "search.device.roundTripMs=50 gate.accuracyTolerance=0.01"; may be given again',
    valueHint: 'KEY=VALUE',
  },
  out: {
    type: 'string',
    description: 'Folder of the calibrated bundle. Default: the bundle itself',
    valueHint: 'DIR',
  },
  'class-pictures': classPicturesFlag,
  key: keyFlag,
} as const

await runMain(
  defineCommand({
    meta: {
      name: 'npm run calibrate --',
      description:
        'Calibrates the gate of a finished bundle anew, without training: for another device or network, another accuracy line, or with a newer trainer. Weights stay as they are.',
    },
    args,
    run: ({ rawArgs, args: { bundle, data, out, key, 'class-pictures': drawsClassPictures } }) =>
      runAsCommand({ rawArgs, known: args }, async (progress) => {
        const set = givenSettings(rawArgs)
        const parts = [
          'npm run calibrate --',
          bundle,
          ...(data === undefined ? [] : [`--data ${basename(resolve(data))}`]),
          ...(drawsClassPictures ? ['--class-pictures'] : []),
          ...(set === undefined ? [] : [setArgument(set)]),
        ]
        await checkWritable('--out', out ?? bundle)
        const signing = await chooseKey(key)
        const request = {
          bundle,
          out: out ?? bundle,
          data,
          assignments: splitAssignments(set),
          command: parts.join(' '),
          progress,
          drawsClassPictures,
          signingKey: signing.key,
        }
        const { summary } = await recalibrateBundle(request)
        process.stdout.write(`\n${summary}\n\n${signing.says}\n`)
      }),
  }),
)
