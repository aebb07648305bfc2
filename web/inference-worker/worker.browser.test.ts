import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { frameBytes, rgbaToRgb } from '../../core/image/preprocess.ts'
import { createSampleBundle, type SampleBundle } from '../../core/testing/sample-bundle.ts'
import {
  inferenceProtocol,
  type InferenceAnswers,
  type InferenceRequest,
  type RawImage,
} from '../messages/inference.ts'
import { createRpcClient, type RpcClient } from '../messages/rpc-client.ts'

let bundle: SampleBundle
let worker: Worker
let client: RpcClient<InferenceRequest, InferenceAnswers, never>
const { signal } = new AbortController()

const gate = {
  thresholdNats: 0,
  generalistThresholdNats: 0,
  maxProbes: 1,
  order: 'recent-first',
  asksGeneralist: false,
} as const

function bytesOf(sha256: string | undefined): Uint8Array<ArrayBuffer> {
  const bytes = bundle.blobs.get(sha256 ?? '')
  if (bytes === undefined) throw new Error('the sample bundle lacks a blob')
  return bytes.slice()
}

const raw = (): RawImage => ({
  width: 16,
  height: 16,
  rgba: Uint8ClampedArray.from({ length: 16 * 16 * 4 }, (_, index) => (index * 37) % 256),
})

const open = (): Promise<InferenceAnswers['open']> =>
  client.call(signal, {
    kind: 'open',
    spec: bundle.manifest.networks.partition,
    input: bundle.manifest.input,
    generalist: { weights: bytesOf(bundle.manifest.generalist.whole.sha256), temperature: 1 },
    maxPartitions: 2,
  })

beforeEach(async () => {
  bundle = await createSampleBundle()
  worker = new Worker(new URL('./main.ts', import.meta.url), { type: 'module' })
  client = createRpcClient<InferenceRequest, InferenceAnswers, never>(worker, inferenceProtocol)
})
afterEach(() => {
  client.close()
  worker.terminate()
})

describe('the inference worker', () => {
  it('opens a bundle, answers frames and switches partitions over its wire', async () => {
    expect((await open()).warmUpMs).toBeGreaterThan(0)
    const weights = bytesOf(bundle.manifest.partitions[1]?.whole.sha256)
    const loaded = await client.call(
      signal,
      { kind: 'load', id: 'p1', weights, temperature: 1 },
      { transfer: [weights.buffer] },
    )
    expect(loaded.residents).toEqual(['p1'])
    expect(weights.byteLength).toBe(0)

    const image = raw()
    const expected = rgbaToRgb(image.rgba)
    const miss = await client.call(
      signal,
      { kind: 'classify', image, gate },
      { transfer: [image.rgba.buffer] },
    )
    expect(miss).toMatchObject({ outcome: 'miss', network: 'p1', residents: ['p1'] })
    expect(miss.rgb).toEqual(expected)
    expect(miss.probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5)
    expect((await client.call(signal, { kind: 'unload', id: 'p1' })).residents).toEqual([])
  })

  it('takes a bitmap by transfer', async () => {
    await open()
    const image = await createImageBitmap(new ImageData(raw().rgba, 16, 16), {
      premultiplyAlpha: 'none',
      colorSpaceConversion: 'none',
    })
    const answer = await client.call(signal, { kind: 'classify', image, gate }, { transfer: [image] })
    expect(image.width).toBe(0)
    expect(answer.rgb).toHaveLength(frameBytes(bundle.manifest.input))
  })

  it('answers frames that were sent before it was ready, in their order', async () => {
    const opening = open()
    const answers = await Promise.all(
      [1, 2, 3].map(() => client.call(signal, { kind: 'classify', image: raw(), gate })),
    )
    await opening
    expect(answers.map(({ network }) => network)).toEqual(['generalist', 'generalist', 'generalist'])
  })

  it('opens another bundle without keeping the tensors of the one before', async () => {
    await open()
    const before = await client.call(signal, { kind: 'measure-memory' })
    await open()
    expect(await client.call(signal, { kind: 'measure-memory' })).toEqual(before)
  })

  it('says so where nothing is open, where the message is none of its own, and where weights do not fit', async () => {
    await expect(client.call(signal, { kind: 'use', id: 'p0' })).rejects.toMatchObject({
      code: 'engine-failed',
    })
    const unknown = { kind: 'classify', image: 'a picture', gate } as unknown as InferenceRequest
    await expect(client.call(signal, unknown)).rejects.toMatchObject({ code: 'request-invalid' })
    await open()
    const short = { kind: 'load', id: 'p0', weights: new Uint8Array(4), temperature: 1 } as const
    await expect(client.call(signal, short)).rejects.toMatchObject({ code: 'blob-truncated' })
  })

  it('drops a frame that is called off', async () => {
    const controller = new AbortController()
    const frame = client.call(controller.signal, { kind: 'classify', image: raw(), gate })
    controller.abort()
    await expect(frame).rejects.toMatchObject({ code: 'aborted' })
    await open()
    expect((await client.call(signal, { kind: 'classify', image: raw(), gate })).outcome).toBe('miss')
  })
})
