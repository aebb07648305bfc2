import { afterAll, beforeAll, expect, it } from 'vitest'
import { encodeWeights } from '../../core/bundle/weights.ts'
import { type NetworkSpec } from '../../core/network/spec.ts'
import { planNetwork } from '../../core/network/plan.ts'
import { createRandom } from '../../core/random.ts'
import { sampleNetwork } from '../../core/testing/sample-bundle.ts'
import { inferenceProtocol, type InferenceAnswers, type InferenceRequest } from '../messages/inference.ts'
import { inferenceWorkerName } from '../messages/inference-worker-name.ts'
import { createRpcClient, type RpcClient } from '../messages/rpc-client.ts'

// What threads are worth, for networks of the size of the released partitions. It prints numbers, and holds
// only what is true on any machine.

type Client = RpcClient<InferenceRequest, InferenceAnswers, never>

const size = 32
const input = {
  width: size,
  height: size,
  channels: 3 as const,
  mean: [0.5, 0.5, 0.5] as [number, number, number],
  std: [0.25, 0.25, 0.25] as [number, number, number],
}
const gate = {
  thresholdNats: 9,
  generalistThresholdNats: 9,
  maxProbes: 1,
  order: 'recent-first',
  asksGeneralist: false,
} as const
const random = createRandom(5)
const rgba = Uint8ClampedArray.from({ length: size * size * 4 }, () => random.integer(256))
const { signal } = new AbortController()

const networks = {
  '4.9 million': sampleNetwork(size, [16, 32, 48], 10),
  '15.1 million': sampleNetwork(size, [32, 56, 88], 10),
}
/**
 * One after the other, as files are played; and as a camera's frames come, when a thread that waits has gone
 * to sleep.
 */
const paces = { 'at once': 0, 'every 30 ms': 30 }
const rounds = 25
const callsAtPace = { 'at once': 40, 'every 30 ms': 8 }

const workers = {
  one: new Worker(new URL('./main.ts', import.meta.url), { type: 'module' }),
  'one, threaded file': new Worker(new URL('./main-threaded.ts', import.meta.url), {
    type: 'module',
    name: inferenceWorkerName(1),
  }),
  two: new Worker(new URL('./main-threaded.ts', import.meta.url), {
    type: 'module',
    name: inferenceWorkerName(2),
  }),
}
type Name = keyof typeof workers
const names = Object.keys(workers) as Name[]
let clients: Record<Name, Client>

beforeAll(() => {
  clients = Object.fromEntries(
    names.map((name) => [
      name,
      createRpcClient<InferenceRequest, InferenceAnswers, never>(workers[name], inferenceProtocol),
    ]),
  ) as Record<Name, Client>
})
afterAll(() => {
  for (const name of names) workers[name].terminate()
})

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)
const median = (values: readonly number[]): number => sorted(values)[values.length >> 1] ?? Number.NaN
const spread = (values: readonly number[], digits: number): string => {
  const at = (share: number): string =>
    (sorted(values)[Math.round(share * (values.length - 1))] ?? Number.NaN).toFixed(digits)
  return `${at(0.5)} (${at(0.25)}–${at(0.75)})`
}
const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function open(spec: NetworkSpec): Promise<void> {
  const tensors = planNetwork(spec).tensors.map((tensor) => ({
    ...tensor,
    values: Float32Array.from({ length: tensor.size }, () => random.normal() * 0.1),
  }))
  const weights = new Uint8Array(encodeWeights(spec, tensors))
  for (const name of names)
    await clients[name].call(signal, {
      kind: 'open',
      spec,
      input,
      generalist: { weights, temperature: 1 },
      maxPartitions: 1,
    })
}

/** The worker's own time for a frame: pixels into the network, kernels, gate. The median of the calls. */
async function timed(client: Client, calls: number, pauseMs: number): Promise<number> {
  const taken: number[] = []
  for (let call = 0; call < calls; call++) {
    if (pauseMs > 0) await rest(pauseMs)
    taken.push(
      (await client.call(signal, { kind: 'classify', image: { width: size, height: size, rgba }, gate }))
        .timings.inferenceMs,
    )
  }
  return median(taken)
}

it.each(Object.keys(networks) as (keyof typeof networks)[])(
  'one thread and two, in turns, %s multiply-accumulates',
  { timeout: 240_000 },
  async (network) => {
    await open(networks[network])
    for (const pace of Object.keys(paces) as (keyof typeof paces)[]) {
      const taken: Record<Name, number[]> = { one: [], 'one, threaded file': [], two: [] }
      for (let round = -2; round < rounds; round++) {
        // Each begins a round as often as the others.
        for (let turn = 0; turn < names.length; turn++) {
          const name = names[(round + 2 + turn) % names.length] ?? 'one'
          const ms = await timed(clients[name], callsAtPace[pace], paces[pace])
          if (round >= 0) taken[name].push(ms)
          // A thread that waits for work keeps a core busy for a while; it must not cost the next one.
          await rest(20)
        }
      }
      const ratios = (name: Name): number[] =>
        taken[name].map((ms, round) => ms / (taken.one[round] ?? Number.NaN))
      console.info(
        `${network}, ${pace}: one thread ${spread(taken.one, 3)} ms; one thread of the threaded file ${spread(ratios('one, threaded file'), 2)} times that, two threads ${spread(ratios('two'), 2)}, at best ${Math.min(...ratios('two')).toFixed(2)}; ` +
          `medians and quartiles of ${rounds} rounds of ${callsAtPace[pace]} frames, ${navigator.hardwareConcurrency} cores`,
      )
      expect(median(taken.two)).toBeGreaterThan(0)
    }
  },
)
