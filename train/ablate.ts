import { defineCommand, runMain } from 'citty'
import { join } from 'node:path'
import { CacheNetError } from '../core/wire/errors.ts'
import { formatAblation } from './ablation/format-ablation.ts'
import { runAblation } from './ablation/run-ablation.ts'
import { ablatedTerms, type AblatedTerm } from './ablation/terms.ts'
import { parsePreset, presetNames } from './config/presets.ts'
import { splitAssignments } from './config/split-assignments.ts'
import { loadDataset } from './data/load-dataset.ts'
import { abortOnInterrupt } from './run/abort-on-interrupt.ts'
import { givenSettings } from './run/check-flags.ts'
import { parseIntegers } from './run/parse-integers.ts'
import { runAsCommand } from './run/run-as-command.ts'
import { writeAtomically } from './run/write-atomically.ts'

const args = {
  preset: {
    type: 'positional',
    description: `Data set: ${presetNames.join(', ')}`,
    required: true,
    valueHint: 'PRESET',
  },
  data: { type: 'string', description: 'Folder with the data (not for walkers)', valueHint: 'DIR' },
  seeds: {
    type: 'string',
    description: 'Seeds, separated by commas: each trains everything anew',
    default: '1,2,3',
    valueHint: 'N,N',
  },
  terms: {
    type: 'string',
    description: 'Only terms whose name contains one of these, separated by commas. Default: all',
    valueHint: 'TEXT,TEXT',
  },
  set: {
    type: 'string',
    description:
      'Settings that differ from the preset in all variants, separated by spaces; may be given again',
    valueHint: 'KEY=VALUE',
  },
  'full-from': {
    type: 'string',
    description: 'Run or bundle whose full model all variants of all seeds take over',
    valueHint: 'DIR',
  },
  run: {
    type: 'string',
    description: 'Folder of the runs; they go on where they were. Default: runs/ablation-<preset>',
    valueHint: 'DIR',
  },
} as const

function chooseTerms(text: string | undefined): readonly AblatedTerm[] {
  if (text === undefined) return ablatedTerms
  const wanted = text.split(',').map((part) => part.trim().toLowerCase())
  const chosen = ablatedTerms.filter(({ name }) => wanted.some((part) => name.toLowerCase().includes(part)))
  if (chosen.length === 0)
    throw new CacheNetError(
      'config-invalid',
      `No term is called like ${text}. There are: ${ablatedTerms.map(({ name }) => name).join('; ')}.`,
      { terms: text },
    )
  return chosen
}

await runMain(
  defineCommand({
    meta: {
      name: 'npm run ablate --',
      description:
        'Trains with each term of the objective switched, and prints what that does to accuracy, coverage and balance on validation images. Ctrl-C stops; the same command goes on.',
    },
    args,
    run: ({ rawArgs, args: { preset: name, data, seeds, terms, 'full-from': fullFrom, run } }) =>
      runAsCommand({ rawArgs, known: args }, async (progress) => {
        const preset = parsePreset(name)
        const folder = run ?? join('runs', `ablation-${preset}`)
        const results = await runAblation(abortOnInterrupt(progress), {
          preset,
          data: data ?? null,
          seeds: parseIntegers('--seeds', seeds),
          terms: chooseTerms(terms),
          assignments: splitAssignments(givenSettings(rawArgs)),
          folder,
          fullFrom,
          loadDataset: (config) => loadDataset(preset, data, config, progress),
          progress,
        })
        await writeAtomically(join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`)
        process.stdout.write(`\n${formatAblation(results)}\n`)
      }),
  }),
)
