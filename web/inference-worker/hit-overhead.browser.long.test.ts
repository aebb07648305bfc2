import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-wasm'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { decodeWeights, encodeWeights } from '../../core/bundle/weights.ts'
import { softmax } from '../../core/gate/entropy.ts'
import { disposeWeights, forward, toTensors } from '../../core/network/forward.ts'
import { type NetworkSpec } from '../../core/network/spec.ts'
import { planNetwork } from '../../core/network/plan.ts'
import { createRandom } from '../../core/random.ts'
import { sampleNetwork } from '../../core/testing/sample-bundle.ts'
import {
  inferenceProtocol,
  type FrameImage,
  type InferenceAnswers,
  type InferenceRequest,
} from '../messages/inference.ts'
import { createRpcClient, type RpcClient } from '../messages/rpc-client.ts'
import { Engine } from './engine.ts'
import { NetworkRunner } from './network-runner.ts'
import { startKernels } from './start-kernels.ts'
import { TensorMemory } from './tensor-memory.ts'

// What a hit takes beyond its kernels. It prints numbers, which mean something on an idle machine.

const size = 32
// 4.9 million multiply-accumulates, as a partition of the released bundles has.
const spec: NetworkSpec = sampleNetwork(size, [16, 32, 48], 10)
const input = { width: size, height: size, channels: 3, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] } as {
  width: number
  height: number
  channels: 3
  mean: [number, number, number]
  std: [number, number, number]
}
const gate = {
  thresholdNats: 9,
  generalistThresholdNats: 9,
  maxProbes: 1,
  order: 'recent-first',
  asksGeneralist: false,
} as const
const random = createRandom(5)
const weights = new Uint8Array(
  encodeWeights(
    spec,
    planNetwork(spec).tensors.map((tensor) => ({
      ...tensor,
      values: Float32Array.from({ length: tensor.size }, () => random.normal() * 0.1),
    })),
  ),
)
const rgba = Uint8ClampedArray.from({ length: size * size * 4 }, () => random.integer(256))
const raw = (): FrameImage => ({ width: size, height: size, rgba: rgba.slice() })

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
/** Rounds in which each is timed over so many calls: clocks in browsers are coarse. */
const rounds = 15
const calls = 40

async function inTurns<Name extends string>(
  work: Record<Name, () => unknown>,
): Promise<Record<Name, number>> {
  const names = Object.keys(work) as Name[]
  const taken = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = -2; round < rounds; round++) {
    for (const name of names) {
      const startMs = performance.now()
      for (let call = 0; call < calls; call++) await work[name]()
      if (round >= 0) taken[name].push((performance.now() - startMs) / calls)
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(taken[name])])) as Record<Name, number>
}

let worker: Worker
let client: RpcClient<InferenceRequest, InferenceAnswers, never>
let engine: Engine
let kernels: NetworkRunner
const { signal } = new AbortController()

beforeAll(async () => {
  worker = new Worker(new URL('./main.ts', import.meta.url), { type: 'module' })
  client = createRpcClient<InferenceRequest, InferenceAnswers, never>(worker, inferenceProtocol)
  const generalist = { weights, temperature: 1 }
  await client.call(signal, { kind: 'open', spec, input, generalist, maxPartitions: 1 })
  engine = Engine.open(await startKernels(), { spec, input, generalist, maxPartitions: 1 })
  kernels = new NetworkRunner(await startKernels(), spec)
})
afterAll(() => {
  kernels.dispose()
  engine.dispose()
  worker.terminate()
})

it(
  'adds little to its kernels in the worker, and to the worker on the page',
  { timeout: 120_000 },
  async () => {
    const memory = new TensorMemory(await startKernels())
    const tensors = decodeWeights(spec, weights).map(({ values }) => {
      const tensor = memory.take(values.length)
      memory.view(tensor).set(values)
      return tensor
    })
    const bitmaps = await Promise.all(
      Array.from({ length: (rounds + 2) * calls }, () =>
        createImageBitmap(new ImageData(rgba.slice(), size, size)),
      ),
    )
    setWasmPaths({
      'tfjs-backend-wasm.wasm': simdUrl,
      'tfjs-backend-wasm-simd.wasm': simdUrl,
      'tfjs-backend-wasm-threaded-simd.wasm': simdUrl,
    })
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
    await tf.setBackend('wasm')
    const stock = toTensors(decodeWeights(spec, weights))
    const values = new Float32Array(size * size * 3)
    const ms = await inTurns({
      kernels: () => kernels.run(tensors),
      engine: () => engine.classify(raw(), gate),
      tfjs() {
        const x = tf.tensor4d(values, [1, size, size, 3])
        const { logits, features } = forward(spec, stock, x)
        softmax(logits.dataSync())
        for (const tensor of [x, logits, features]) tensor.dispose()
      },
      page() {
        const image = raw()
        return client.call(
          signal,
          { kind: 'classify', image, gate },
          { transfer: 'rgba' in image ? [image.rgba.buffer] : [] },
        )
      },
      empty: () => client.call(signal, { kind: 'use', id: 'nobody' }),
      bitmap() {
        const image = bitmaps.pop()
        if (image === undefined) throw new RangeError('there are as many bitmaps as calls')
        return client.call(signal, { kind: 'classify', image, gate }, { transfer: [image] })
      },
    })
    for (const tensor of tensors) memory.giveBack(tensor)
    disposeWeights(stock)
    console.info(
      `kernels ${ms.kernels.toFixed(3)} ms, engine ${ms.engine.toFixed(3)}, through tfjs's ops ${ms.tfjs.toFixed(3)}; to the worker and back: nothing ${ms.empty.toFixed(3)}, pixels ${ms.page.toFixed(3)}, a bitmap ${ms.bitmap.toFixed(3)}; n = ${rounds} x ${calls}`,
    )
    expect(ms.kernels).toBeGreaterThan(0)
    expect(ms.engine).toBeLessThan(ms.page)
  },
)
