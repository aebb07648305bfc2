import { defineCommand, runMain } from 'citty'
import { join } from 'node:path'
import { formatControls } from './controls/format-controls.ts'
import { runControls } from './controls/run-controls.ts'
import { abortOnInterrupt } from './run/abort-on-interrupt.ts'
import { givenSettings } from './run/check-flags.ts'
import { openSeries, seriesArgs } from './run/open-series.ts'
import { runAsCommand } from './run/run-as-command.ts'
import { writeAtomically } from './run/write-atomically.ts'

const known = {
  ...seriesArgs,
  from: {
    type: 'string',
    description: 'Finished run whose networks are taken over; its settings must be these',
    required: true,
    valueHint: 'RUN',
  },
  run: {
    type: 'string',
    description: 'Folder of what is trained besides. Default: runs/controls-<preset>',
    valueHint: 'DIR',
  },
} as const

await runMain(
  defineCommand({
    meta: {
      name: 'npm run controls --',
      description:
        'What else would have done in the place of each partition of a finished run, on validation images: the generalist, the same with more ' +
        'knowledge, a partition from scratch, one network with the bytes of the whole cache. Trains the last two. Ctrl-C stops; the same command goes on.',
    },
    args: known,
    run: ({ args, rawArgs }) =>
      runAsCommand({ rawArgs, known }, async (progress) => {
        const series = await openSeries('controls', args, givenSettings(rawArgs), progress)
        const controls = await runControls(abortOnInterrupt(progress), { ...series, from: args.from })
        await writeAtomically(join(series.folder, 'results.json'), `${JSON.stringify(controls, null, 2)}\n`)
        process.stdout.write(`\n${formatControls(controls)}\n`)
      }),
  }),
)
