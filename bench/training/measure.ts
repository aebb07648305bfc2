import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { startTrainingBackend } from '../../train/kernels/register.ts'
import { prepareStockForward } from './forward.ts'
import { prepareInput } from './input.ts'
import type { Measurement, MeasurementName } from './measurement.ts'
import { networks, type NetworkName } from './networks.ts'
import { inRounds, timed } from './rounds.ts'
import { timeStep } from './scaling.ts'
import { ourForward, prepareStep, stockForward } from './step.ts'

type Times = Measurement['times']

/**
 * A network's step, XNNPACK's forward convolutions and the input of two micro-batches (a batch of 512 on two
 * threads); batch 128.
 */
async function measureNetwork(name: NetworkName, rounds: number): Promise<Times> {
  await startTrainingBackend()
  const step = prepareStep(networks[name], 128, ourForward)
  const input = prepareInput(networks[name])
  const tasks = {
    step: () => void step(),
    forward: prepareStockForward(networks[name], 128),
    inputOfTwo: () => {
      input()
      input()
    },
  }
  return inRounds(rounds, tasks)
}

/**
 * The full network's step on the stock `cpu` backend and with our kernels: batch 2, for that backend takes
 * its time.
 */
async function measureStock(rounds: number): Promise<Times> {
  await startTrainingBackend()
  const ours = prepareStep(networks.full, 2, ourForward)
  for (let time = 0; time < 20; time++) ours()
  await tf.setBackend('cpu')
  const stock = prepareStep(networks.full, 2, stockForward)
  const stockStep: number[] = []
  const ourStep: number[] = []
  for (let round = 0; round < rounds; round++) {
    stockStep.push(timed(stock))
    await tf.setBackend('wasm')
    ours()
    ourStep.push(timed(ours))
    await tf.setBackend('cpu')
  }
  return { ourStep, stockStep }
}

/** Real runs of the full network on one and on two threads, in turn; time on the wall. */
async function measureScaling(rounds: number): Promise<Times> {
  const oneWorker: number[] = []
  const twoWorkers: number[] = []
  for (let round = 0; round < rounds; round++) {
    oneWorker.push(await timeStep(networks.full, 1))
    twoWorkers.push(await timeStep(networks.full, 2))
  }
  return { oneWorker, twoWorkers }
}

const measurements: Record<MeasurementName, (rounds: number) => Promise<Times>> = {
  full: (rounds) => measureNetwork('full', rounds),
  partition: (rounds) => measureNetwork('partition', rounds),
  stock: measureStock,
  scaling: measureScaling,
}

// A process of its own, so that no measurement inherits another's memory: `measure.ts NAME ROUNDS` prints one
// line of JSON.
const [name, rounds] = process.argv.slice(2) as [MeasurementName, string]
const times = await measurements[name](Number(rounds))
process.stdout.write(
  `${JSON.stringify({ times, peakRssMiB: process.resourceUsage().maxRSS / 1024 } satisfies Measurement)}\n`,
)
