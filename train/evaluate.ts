import { defineCommand, runMain } from 'citty'
import { CacheNetError } from '../core/wire/errors.ts'
import { readCalibration } from './calibration/read-calibration.ts'
import { compareMetrics } from './compare-metrics.ts'
import { openBundle } from './run/open-bundle.ts'
import type { Progress } from './run/progress.ts'
import { runAsCommand } from './run/run-as-command.ts'
import { formatSummary } from './run/summary.ts'
import { answerSplit } from './stages/answers.ts'
import { evaluateSplits } from './stages/evaluate-splits.ts'

const args = {
  bundle: { type: 'positional', description: 'Folder of the bundle', valueHint: 'BUNDLE', required: true },
  data: {
    type: 'string',
    description: 'Folder with the data that it was trained on (not for walkers)',
    valueHint: 'DIR',
  },
} as const

/**
 * Everything that a manifest says of its networks, measured again from its blobs; what differs is named, and
 * ends with 1.
 */
async function evaluateBundle(folder: string, data: string | undefined, progress: Progress): Promise<void> {
  const { manifest, networks, context } = await openBundle(folder, data, progress)
  const calibration = readCalibration(manifest)
  const { test, validation } = evaluateSplits(
    context,
    networks,
    answerSplit(context, networks, context.dataset.validation, 'validation'),
    calibration,
  )
  process.stdout.write(`\n${formatSummary(manifest, test)}\n\n`)
  const { validation: stored, opponents: _, ...metrics } = manifest.metrics
  const differences = [...compareMetrics(metrics, test), ...compareMetrics(stored, validation, 'validation')]
  if (differences.length === 0)
    return void process.stdout.write('Every number of the manifest came out again.\n')
  for (const { path, expected, found } of differences)
    process.stdout.write(`${path}: the manifest says ${String(expected)}, measured ${String(found)}\n`)
  throw new CacheNetError(
    'manifest-invalid',
    `${differences.length} numbers of the manifest did not come out again. Is it the same data?`,
    { differences: differences.length },
  )
}

await runMain(
  defineCommand({
    meta: {
      name: 'npm run evaluate --',
      description:
        'Measures every number of a bundle’s manifest again, from its blobs and the data, and says whether they are the same.',
    },
    args,
    run: ({ rawArgs, args: { bundle, data } }) =>
      runAsCommand({ rawArgs, known: args }, (progress) => evaluateBundle(bundle, data, progress)),
  }),
)
