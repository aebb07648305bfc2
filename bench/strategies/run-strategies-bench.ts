import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crossoverOf } from './crossover.ts'
import { publish } from './publish.ts'
import { readResults, writeResults } from './results.ts'
import { runKernels } from './run-kernels.ts'
import { runPolicies } from './run-policies.ts'
import { emptyResults, runStrategies, type BenchTools } from './run-strategies.ts'
import type { StrategiesSettings } from './settings.ts'

const projectFolder = fileURLToPath(new URL('../..', import.meta.url))
const publishedFile = resolve(projectFolder, 'bench/results/strategies.json')

/**
 * All parts that were asked for, into one file. What is not measured this time stays as it is there. README
 * and plots follow the published file only: what is written elsewhere was a trial.
 */
export async function runStrategiesBench(
  signal: AbortSignal,
  settings: StrategiesSettings,
  tools: BenchTools,
): Promise<void> {
  let results = await emptyResults(settings, await readResults(settings.out))
  const has = (part: StrategiesSettings['only'][number]): boolean => settings.only.includes(part)
  if (has('policies')) results = { ...results, policies: await runPolicies(settings.bundles, 'cifar10') }
  if (has('kernels')) {
    results = await runKernels(signal, settings, results, tools)
    await writeResults(settings.out, results)
  }
  results = await runStrategies(signal, settings, results, tools)
  const crossover = crossoverOf(results.rows, 'cifar10')
  if (crossover !== undefined) results = { ...results, crossover }
  await writeResults(settings.out, results)
  tools.say(JSON.stringify(results.headline, null, 1))
  tools.say(`written to ${settings.out}`)
  // What was written is rounded: what is published is what others will read.
  const written = await readResults(settings.out)
  if (written !== undefined && resolve(settings.out) === publishedFile) await publish(written, projectFolder)
}
