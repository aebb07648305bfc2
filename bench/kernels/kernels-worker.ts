/// <reference types="vite/client" />
// Runs in a Web Worker of a page of its own: networks through the product's runner with our kernels, and with
// tfjs's as the product ran them before. One thread each.
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'
import createTfjsModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js'
import { decodeWeights } from '../../core/bundle/weights.ts'
import { createRandom } from '../../core/random.ts'
// What ships, in a real browser too.
/* eslint-disable import-x/no-restricted-paths */
import {
  compileFrameKernels,
  hasRelaxedSimd,
  instantiateFrameKernels,
} from '../../web/inference-worker/frame-kernels.ts'
import { instantiateKernels, type ModuleSettings } from '../../web/inference-worker/instantiate-kernels.ts'
import { NetworkRunner } from '../../web/inference-worker/network-runner.ts'
import { startKernels } from '../../web/inference-worker/start-kernels.ts'
import type { WasmKernels } from '../../web/inference-worker/wasm-kernels.ts'
/* eslint-enable import-x/no-restricted-paths */
import type { KernelsAnswer, KernelsOrder, ReleasedNetwork } from './order.ts'

const random = createRandom(9)
const normal = (): number => random.normal()
const noise = (length: number): Float32Array => Float32Array.from({ length }, normal)

/** What is timed is repeated until it takes this long: clocks in browsers are coarse. */
const leastMs = 5
const framesCompared = 20

interface Subject {
  readonly name: string
  readonly run: () => Float32Array
}

/** tfjs's kernels alone, ours as they ship, and ours without relaxed SIMD, on one input. */
function subjectsOf(
  name: string,
  { spec, blob }: ReleasedNetwork,
  shipped: WasmKernels,
  plain: WasmKernels,
): { subjects: Subject[]; write: (frame: Float32Array) => void; inputs: number } {
  const weights = decodeWeights(spec, blob)
  const runners = [
    [`${name}Tfjs`, new NetworkRunner(shipped, spec, null)],
    [name, new NetworkRunner(shipped, spec)],
    [`${name}Plain`, new NetworkRunner(plain, spec)],
  ] as const
  const subjects = runners.map(([subject, runner]) => {
    const uploaded = runner.upload(weights)
    return { name: subject, run: () => runner.run(uploaded) }
  })
  return {
    subjects,
    write(frame) {
      for (const [, runner] of runners) runner.input.set(frame)
    },
    inputs: runners[0][1].input.length,
  }
}

const furthest = (subjects: readonly Subject[]): number => {
  const [expected = new Float32Array(), ...others] = subjects.map(({ run }) => run().slice())
  return Math.max(
    ...others.flatMap((logits) =>
      [...logits].map((logit, index) => Math.abs(logit - (expected[index] ?? NaN))),
    ),
  )
}

async function measure({
  timed,
  compared,
  rounds,
  passes = 1,
  isShippedOnly = false,
}: KernelsOrder): Promise<KernelsAnswer> {
  const shipped = await startKernels()
  const plain = await instantiateKernels(
    simdUrl,
    1,
    createTfjsModule as unknown as (settings: ModuleSettings) => Promise<WasmKernels>,
    async (memory) => instantiateFrameKernels(await compileFrameKernels(false), memory),
  )
  const largestDifference: Record<string, number> = {}
  for (const network of compared) {
    const { subjects, write, inputs } = subjectsOf(network.name, network, shipped, plain)
    let largest = 0
    for (let frame = 0; frame < framesCompared; frame++) {
      write(noise(inputs))
      largest = Math.max(largest, furthest(subjects))
    }
    largestDifference[network.name] = largest
  }
  const groups = Object.entries(timed).map(([name, network]) => {
    const { subjects, write, inputs } = subjectsOf(name, network, shipped, plain)
    write(noise(inputs))
    return isShippedOnly ? subjects.filter((subject) => subject.name === name) : subjects
  })

  const msPerFrame: Record<string, number[]> = {}
  for (const subjects of Array.from({ length: passes }, () => groups).flat()) {
    const calls = subjects.map(({ run }) => callsFor(run))
    for (let round = 0; round < rounds; round++) {
      const order = subjects.map((_, index) => index)
      for (const index of round % 2 === 0 ? order : order.reverse()) {
        const { name, run } = subjects[index] as Subject
        const count = calls[index] ?? 1
        const startMs = performance.now()
        for (let call = 0; call < count; call++) run()
        ;(msPerFrame[name] ??= []).push((performance.now() - startMs) / count)
      }
    }
  }
  return { hasRelaxedSimd: hasRelaxedSimd(), msPerFrame, largestDifference }
}

/** Warm by then: compilers of browsers begin with slow code. */
function callsFor(run: () => unknown): number {
  for (let call = 0; call < 60; call++) run()
  const startMs = performance.now()
  for (let call = 0; call < 20; call++) run()
  return Math.max(4, Math.ceil((20 * leastMs) / (performance.now() - startMs)))
}

addEventListener('message', ({ data }: MessageEvent<KernelsOrder>) => {
  measure(data).then(
    (answer) => postMessage({ answer }),
    (thrown: unknown) =>
      postMessage({ failure: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) }),
  )
})
