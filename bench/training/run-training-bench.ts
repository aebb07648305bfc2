import { currentCommit } from '../../train/run/commit.ts'
import { writeResult } from '../harness/write-result.ts'
import { machine, packageVersion } from '../harness/machine.ts'
import { ratios, spreadOf, type Spread } from '../harness/spread.ts'
import { runMeasurement, type Measurement } from './measurement.ts'
import { networks, operations } from './networks.ts'
import type { TrainingBenchSettings } from './settings.ts'

/**
 * What a step does a second over what XNNPACK's forward convolutions do: operations over time, both counted
 * as direct convolutions.
 */
function rateRatios({ times }: Measurement, name: keyof typeof networks): number[] {
  const { forward, step } = operations(networks[name])
  return ratios(times['forward'] ?? [], times['step'] ?? []).map((ratio) => (ratio * step) / forward)
}

const inputShares = ({ times }: Measurement): number[] =>
  ratios(times['inputOfTwo'] ?? [], times['step'] ?? []).map((ratio) => ratio / 2)

const show = ({ n, median, least, most }: Spread, digits: number): string =>
  `${median.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)}, n = ${n})`

/** Measures training in processes of its own, says what came out and writes the numbers. */
export async function runTrainingBench(
  { rounds, out }: TrainingBenchSettings,
  say: (line: string) => void,
): Promise<void> {
  const fewer = Math.ceil(rounds / 3)
  const full = await runMeasurement('full', rounds)
  const gigaflops = (milliseconds: number, flops: number): string =>
    `${((128 * flops) / milliseconds / 1e6).toFixed(1)} GFLOP/s`
  const sayNetwork = (name: keyof typeof networks, { times }: Measurement): void => {
    const { forward, step } = operations(networks[name])
    const [stepMs, forwardMs] = [spreadOf(times['step'] ?? []), spreadOf(times['forward'] ?? [])]
    say(
      `${name} network, batch 128: step ${show(stepMs, 0)} ms, ${gigaflops(stepMs.median, step)}; XNNPACK forward ${show(forwardMs, 0)} ms, ${gigaflops(forwardMs.median, forward)}`,
    )
  }
  sayNetwork('full', full)
  const partition = await runMeasurement('partition', rounds)
  sayNetwork('partition', partition)
  const stock = await runMeasurement('stock', fewer)
  say(
    `full network, batch 2: step ${show(spreadOf(stock.times['ourStep'] ?? []), 0)} ms; on the stock cpu backend ${show(spreadOf(stock.times['stockStep'] ?? []), 0)} ms`,
  )
  const scaling = await runMeasurement('scaling', fewer)
  say(
    `full network, batch 256: 1 worker ${show(spreadOf(scaling.times['oneWorker'] ?? []), 0)} ms, 2 workers ${show(spreadOf(scaling.times['twoWorkers'] ?? []), 0)} ms`,
  )

  const spread = {
    stepOverForward: spreadOf(rateRatios(full, 'full')),
    partitionStepOverForward: spreadOf(rateRatios(partition, 'partition')),
    stockStepOverStep: spreadOf(ratios(stock.times['stockStep'] ?? [], stock.times['ourStep'] ?? [])),
    scaling2Workers: spreadOf(ratios(scaling.times['oneWorker'] ?? [], scaling.times['twoWorkers'] ?? [])),
    /** Of the partition's step: the shortest there is. */
    inputShare: spreadOf(inputShares(partition)),
  }
  const medians = Object.fromEntries(Object.entries(spread).map(([name, { median }]) => [name, median]))
  for (const [name, values] of Object.entries(spread))
    say(`${name.padEnd(26)}${show(values, name === 'inputShare' ? 4 : 2)}`)
  say(`${'peakRssMiB'.padEnd(26)}${scaling.peakRssMiB.toFixed(0)} (two workers, full network, 50,000 images)`)
  const result = {
    ...medians,
    peakRssMiB: scaling.peakRssMiB,
    command: 'npm run bench -- training',
    measuredAt: new Date().toISOString(),
    commit: await currentCommit(),
    machine: machine(),
    versions: Object.fromEntries(
      [
        '@tensorflow/tfjs-core',
        '@tensorflow/tfjs-backend-wasm',
        '@tensorflow/tfjs-backend-cpu',
        'assemblyscript',
      ].map((name) => [name, packageVersion(name)]),
    ),
    n: { rounds, roundsOfStockAndScaling: fewer },
    spread,
    operations: { full: operations(networks.full), partition: operations(networks.partition) },
    raw: { full, partition, stock, scaling },
  }
  await writeResult(out, result, say)
}
