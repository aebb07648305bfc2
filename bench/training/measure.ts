import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { startTrainingBackend } from '../../train/kernels/register.ts'
import { prepareStockForward } from './forward.ts'
import { prepareInput } from './input.ts'
import { networks, type NetworkName } from './networks.ts'
import { inRounds } from './rounds.ts'
import { timeSteps } from './scaling.ts'
import { ourForward, prepareStep, stockForward } from './step.ts'

/** Raw times in milliseconds by name, and what else was found. */
export interface Measurement {
  readonly times: Readonly<Record<string, readonly number[]>>
  readonly peakRssMiB: number
}

/** A network's step, XNNPACK's forward convolutions and the input pipeline, batch 128, one thread. */
async function measureNetwork(name: NetworkName, rounds: number): Promise<Measurement['times']> {
  await startTrainingBackend()
  const step = prepareStep(networks[name], 128, ourForward)
  const input = prepareInput(networks[name])
  // Two micro-batches a batch: so each second of these draws one.
  const inputs = (): void => { input(); input() }
  return inRounds(rounds, { step: () => void step(), forward: prepareStockForward(networks[name], 128), twoInputs: inputs })
}

/** The full network's step on the stock `cpu` backend and with our kernels, batch 2: one of it takes that backend many seconds. */
async function measureStock(rounds: number): Promise<Measurement['times']> {
  const batch = 2
  const runOn = async (backend: string, run: () => unknown): Promise<number> => {
    await tf.setBackend(backend)
    const start = performance.now()
    run()
    return performance.now() - start
  }
  await startTrainingBackend()
  const ours = prepareStep(networks.full, batch, ourForward)
  ours()
  await tf.setBackend('cpu')
  const stock = prepareStep(networks.full, batch, stockForward)
  const times = { ourStep: [] as number[], stockStep: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    times.ourStep.push(await runOn('wasm', ours))
    times.stockStep.push(await runOn('cpu', stock))
  }
  return times
}

/** Real runs of the full network on one and on two threads, in turn. */
async function measureScaling(rounds: number): Promise<Measurement['times']> {
  const times = { oneWorker: [] as number[], twoWorkers: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    times.oneWorker.push(...(await timeSteps(networks.full, 1)))
    times.twoWorkers.push(...(await timeSteps(networks.full, 2)))
  }
  return times
}

const measurements = { full: (rounds: number) => measureNetwork('full', rounds), partition: (rounds: number) => measureNetwork('partition', rounds), stock: measureStock, scaling: measureScaling }
export type MeasurementName = keyof typeof measurements

/** Runs as a process of its own, so that no measurement inherits another's memory: `measure.ts NAME ROUNDS` prints one line of JSON. */
const [name, rounds] = process.argv.slice(2) as [MeasurementName, string]
const times = await measurements[name](Number(rounds))
process.stdout.write(`${JSON.stringify({ times, peakRssMiB: process.resourceUsage().maxRSS / 1024 } satisfies Measurement)}\n`)
