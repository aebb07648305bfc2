// Runs in a Web Worker of a page that the edge serves, apart from the product: the same networks through
// other people's runtimes, and the convolutions of a partition as bare kernels. One thread each, as the
// product runs them.
import { env as ortEnvironment, InferenceSession, Tensor } from 'onnxruntime-web/wasm'
import * as tf from '@tensorflow/tfjs'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { decodeWeights } from '../../core/bundle/weights.ts'
import { argMax } from '../../core/gate/entropy.ts'
import { forward, toTensors } from '../../core/network/forward.ts'
import { graphNames } from '../../onnx/graph-names.ts'
import { bareConvolutions } from './bare-convolutions.ts'
import { graphModel } from './graph-model.ts'
import { layersModel } from './layers-model.ts'
import type { EngineAnswer, EngineOrder } from './order.ts'
import { shippedNetwork } from './shipped-network.ts'

const runtimeFolder = '/bench/'

interface Subject {
  readonly name: string
  /** Runs one frame; the class it answers, or undefined where it answers none. */
  readonly run: (frame: Float32Array) => number | undefined | Promise<number>
}

async function startRuntimes(): Promise<void> {
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
  setWasmPaths(runtimeFolder)
  await tf.setBackend('wasm')
  await tf.ready()
  ortEnvironment.wasm.numThreads = 1
  ortEnvironment.wasm.wasmPaths = runtimeFolder
}

async function subjectsOf({ full, partition, onnx, inputShape }: EngineOrder): Promise<Subject[]> {
  const [height, width, channels] = inputShape
  const withInput = (frame: Float32Array, answer: (input: tf.Tensor4D) => tf.Tensor): number =>
    tf.tidy(() => argMax(answer(tf.tensor4d(frame, [1, height, width, channels])).dataSync()))
  const ours = ({ spec, blob }: EngineOrder['full']): ((frame: Float32Array) => number) => {
    const weights = toTensors(decodeWeights(spec, blob))
    return (frame) => withInput(frame, (input) => forward(spec, weights, input).logits)
  }
  const layers = layersModel(full.spec, decodeWeights(full.spec, full.blob))
  const graph = await graphModel(full.spec, decodeWeights(full.spec, full.blob))
  const session = await InferenceSession.create(onnx, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
  })
  const bare = bareConvolutions(partition.spec, decodeWeights(partition.spec, partition.blob))
  return [
    { name: 'full', run: await shippedNetwork(full) },
    {
      name: 'fullLayersModel',
      run: (frame) => withInput(frame, (input) => layers.predict(input) as tf.Tensor),
    },
    {
      name: 'fullGraphModel',
      run: (frame) => withInput(frame, (input) => graph.predict(input) as tf.Tensor),
    },
    {
      name: 'fullOnnxRuntimeWeb',
      async run(frame) {
        const { [graphNames.logits]: logits } = await session.run({
          [graphNames.frames]: new Tensor('float32', frame, [1, height, width, channels]),
        })
        return argMax((await logits?.getData()) as Float32Array)
      },
    },
    { name: 'partition', run: await shippedNetwork(partition) },
    { name: 'partitionThroughOps', run: ours(partition) },
    {
      name: 'partitionConvolutions',
      run() {
        bare()
        return undefined
      },
    },
  ]
}

/** Every subject in turns; each round in the other direction. Milliseconds a frame, one number a round. */
async function measure(order: EngineOrder): Promise<EngineAnswer> {
  await startRuntimes()
  const subjects = await subjectsOf(order)
  const answers = new Map(subjects.map(({ name }) => [name, new Array<number | undefined>()]))
  for (const { name, run } of subjects)
    for (const frame of order.frames) answers.get(name)?.push(await run(frame))
  const times = new Map(subjects.map(({ name }) => [name, new Array<number>()]))
  for (let round = 0; round < order.rounds; round++) {
    for (const { name, run } of round % 2 === 0 ? subjects : subjects.toReversed()) {
      const startMs = performance.now()
      for (const frame of order.frames) await run(frame)
      times.get(name)?.push((performance.now() - startMs) / order.frames.length)
    }
  }
  return { msPerFrame: Object.fromEntries(times), answers: Object.fromEntries(answers) }
}

addEventListener('message', ({ data }: MessageEvent<EngineOrder>) => {
  measure(data).then(
    (answer) => postMessage({ answer }),
    (thrown: unknown) =>
      postMessage({ failure: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) }),
  )
})
