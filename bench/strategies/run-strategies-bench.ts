import { readResults, writeResults } from './results.ts'
import { runKernels } from './run-kernels.ts'
import { emptyResults, runStrategies, type BenchTools } from './run-strategies.ts'
import type { StrategiesSettings } from './settings.ts'

/** All parts that were asked for, into one file. What is not measured this time stays as it is there. */
export async function runStrategiesBench(signal: AbortSignal, settings: StrategiesSettings, tools: BenchTools): Promise<void> {
  let results = await emptyResults(settings, await readResults(settings.out))
  results = await runStrategies(signal, settings, results, tools)
  if (settings.only.includes('kernels')) results = await runKernels(signal, settings, results, tools)
  await writeResults(settings.out, results)
  tools.say(JSON.stringify(results.headline, null, 1))
  tools.say(`written to ${settings.out}`)
}
