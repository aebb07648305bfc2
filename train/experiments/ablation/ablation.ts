import { join } from 'node:path'
import { CacheNetError } from '../../../core/wire/errors.ts'
import { parsePreset } from '../../config/presets.ts'
import { splitAssignments } from '../../config/split-assignments.ts'
import { loadDataset } from '../../data/load-dataset.ts'
import { parseIntegers } from '../../run/parse-integers.ts'
import { experimentCommand } from '../experiment-command.ts'
import { seriesArgs } from '../open-series.ts'
import { formatAblation } from './format-ablation.ts'
import { runAblation } from './run-ablation.ts'
import { ablatedTerms, type AblatedTerm } from './terms.ts'

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

export const ablation = experimentCommand({
  name: 'ablation',
  description:
    'Trains with each term of the objective switched, and tables what that does to accuracy, coverage and balance on validation images.',
  args: {
    ...seriesArgs,
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
  },
  run: async ({ args, set, progress, untilInterrupted, conclude }) => {
    const { data, seeds, terms } = args
    const preset = parsePreset(args.preset)
    const folder = args.run ?? join('runs', `ablation-${preset}`)
    const results = await runAblation(untilInterrupted(), {
      preset,
      data: data ?? null,
      seeds: parseIntegers('--seeds', seeds),
      terms: chooseTerms(terms),
      assignments: splitAssignments(set),
      folder,
      fullFrom: args['full-from'],
      loadDataset: (config) => loadDataset(preset, data, config, progress),
      progress,
    })
    await conclude(folder, results, formatAblation(results))
  },
})
