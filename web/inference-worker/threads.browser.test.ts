import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRandom } from '../../core/random.ts'
import { createSampleBundle, type SampleBundle } from '../../core/testing/sample-bundle.ts'
import {
  inferenceProtocol,
  type Classification,
  type InferenceAnswers,
  type InferenceRequest,
  type RawImage,
} from '../messages/inference.ts'
import { inferenceWorkerName } from '../messages/inference-worker-name.ts'
import { createRpcClient, type RpcClient } from '../messages/rpc-client.ts'

// The same frames to a worker on one thread and to one on two.

type Client = RpcClient<InferenceRequest, InferenceAnswers, never>

const { signal } = new AbortController()
const gate = {
  thresholdNats: 0,
  generalistThresholdNats: 0,
  maxProbes: 1,
  order: 'recent-first',
  asksGeneralist: false,
} as const
const random = createRandom(13)

let bundle: SampleBundle
let workers: Worker[]
let clients: Client[]

function connect(worker: Worker): Client {
  workers.push(worker)
  const client = createRpcClient<InferenceRequest, InferenceAnswers, never>(worker, inferenceProtocol)
  clients.push(client)
  return client
}
const oneThread = (): Client => connect(new Worker(new URL('./main.ts', import.meta.url), { type: 'module' }))
const threaded = (threads: number): Client =>
  connect(
    new Worker(new URL('./main-threaded.ts', import.meta.url), {
      type: 'module',
      name: inferenceWorkerName(threads),
    }),
  )

function bytesOf(sha256: string | undefined): Uint8Array<ArrayBuffer> {
  const bytes = bundle.blobs.get(sha256 ?? '')
  if (bytes === undefined) throw new Error('the sample bundle lacks a blob')
  return bytes
}

const open = (client: Client): Promise<InferenceAnswers['open']> =>
  client.call(signal, {
    kind: 'open',
    spec: bundle.manifest.networks.partition,
    input: bundle.manifest.input,
    generalist: { weights: bytesOf(bundle.manifest.generalist.whole.sha256), temperature: 1 },
    maxPartitions: 2,
  })

const load = (client: Client, index: number): Promise<InferenceAnswers['load']> =>
  client.call(signal, {
    kind: 'load',
    id: `p${index}`,
    weights: bytesOf(bundle.manifest.partitions[index]?.whole.sha256),
    temperature: 1,
  })

const frame = (): RawImage => ({
  width: 16,
  height: 16,
  rgba: Uint8ClampedArray.from({ length: 16 * 16 * 4 }, () => random.integer(256)),
})

beforeEach(async () => {
  workers = []
  clients = []
  bundle = await createSampleBundle({ seed: 3 })
})
afterEach(() => {
  for (const client of clients) client.close()
  for (const worker of workers) worker.terminate()
})

describe('two threads', () => {
  it('answer as one does, over switches of partitions, and hold no more after 400 frames than before', async () => {
    const [one, two] = [oneThread(), threaded(2)]
    await Promise.all([open(one), open(two)])
    const ask = async (image: RawImage): Promise<readonly [Classification, Classification]> =>
      Promise.all([
        one.call(signal, { kind: 'classify', image, gate }),
        two.call(signal, { kind: 'classify', image, gate }),
      ])
    await Promise.all([one, two].flatMap((client) => [load(client, 0), load(client, 1)]))
    await ask(frame())
    const before = await two.call(signal, { kind: 'measure-memory' })
    for (let index = 0; index < 400; index++) {
      if (index % 20 === 0) await Promise.all([load(one, (index / 20) % 4), load(two, (index / 20) % 4)])
      const [expected, answer] = await ask(frame())
      expect(answer.network).toBe(expected.network)
      expect(answer.classIndex).toBe(expected.classIndex)
      expect(answer.probabilities.buffer).toBeInstanceOf(ArrayBuffer)
      expect(
        Math.max(
          ...answer.probabilities.map((probability, at) =>
            Math.abs(probability - (expected.probabilities[at] ?? 0)),
          ),
        ),
      ).toBeLessThan(1e-5)
    }
    expect(await two.call(signal, { kind: 'measure-memory' })).toEqual(before)
  })

  it('begin once, however often a bundle is opened', async () => {
    const two = threaded(2)
    await open(two)
    await load(two, 0)
    const first = await two.call(signal, { kind: 'measure-memory' })
    await open(two)
    await load(two, 0)
    expect(await two.call(signal, { kind: 'measure-memory' })).toEqual(first)
  })
})

it('a worker whose threads cannot be started says so', async () => {
  // More than the file can have.
  const tooMany = threaded(20)
  await expect(tooMany.call(signal, { kind: 'prepare' })).rejects.toMatchObject({ code: 'engine-failed' })
})
