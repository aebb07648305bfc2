import type { InferenceSession } from 'onnxruntime-node'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { NetworkSpec } from '../../../core/network/spec.ts'
import { requireFit, unknownBundle, valuesPerFrame } from '../batch-fit.ts'
import type { Engine, EngineBundle, EngineOutput } from '../engine.ts'
import { bundleGraph, graphNames } from './bundle-graph.ts'
import { hasWinograd } from './winograd-conv.ts'

type Runtime = typeof import('onnxruntime-node')

interface LoadedBundle {
  readonly spec: NetworkSpec
  readonly session: InferenceSession
  /** For batches of `leastBatch` and more, where that was found to be faster on this machine. */
  readonly batchSession?: InferenceSession | undefined
}

/** From this many frames on, convolutions as matrix products over the batch can be worth their transforms. */
const leastBatch = 16
const trials = 3

export interface OnnxEngineOptions {
  /** Threads that share one batch. */
  readonly threads: number
}

/** The package is optional: where it is not installed, or has no binary for this machine, there is tfjs. */
async function importRuntime(): Promise<Runtime> {
  try {
    return await import('onnxruntime-node')
  } catch (cause) {
    throw new CacheNetError('engine-failed', 'The native ONNX Runtime is not installed. Install it with `npm ci`, or choose --engine tfjs-wasm.', {}, { cause })
  }
}

function floatsOf(outputs: InferenceSession.OnnxValueMapType, name: string): Float32Array<ArrayBuffer> {
  const data = outputs[name]?.data
  if (data === undefined) return new Float32Array()
  if (!(data instanceof Float32Array)) throw new CacheNetError('engine-failed', `The graph gave no floats as ${name}.`, { name })
  // A copy: what the runtime returns lives in its memory, which must not be handed to another thread.
  return Float32Array.from(data)
}

/**
 * Native inference by ONNX Runtime on the CPU. The runtime computes on the thread that calls it, which it blocks; it brings in
 * `threads - 1` of its own. Throws `engine-failed` where the package is not installed.
 */
export async function createOnnxEngine({ threads }: OnnxEngineOptions): Promise<Engine> {
  const { InferenceSession, Tensor } = await importRuntime()
  const bundles = new Map<string, LoadedBundle>()

  const run = async ({ spec, session, batchSession }: LoadedBundle, frames: Float32Array, count: number): Promise<Omit<EngineOutput, 'inferenceMs'>> => {
    const chosen = count >= leastBatch ? (batchSession ?? session) : session
    const outputs = await chosen.run({ [graphNames.frames]: new Tensor('float32', frames, [count, ...spec.inputShape]) })
    return { logits: floatsOf(outputs, graphNames.logits), codeLogits: floatsOf(outputs, graphNames.codeLogits) }
  }

  const open = (bundle: EngineBundle, isForBatches: boolean): Promise<InferenceSession> =>
    InferenceSession.create(bundleGraph(bundle, { isForBatches }), {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      // Threads that wait for work by spinning would take the core from the event loop.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    })

  /** Time of the fastest of a few batches, after one to warm up. */
  const batchMs = async (spec: NetworkSpec, session: InferenceSession): Promise<number> => {
    const frames = new Float32Array(leastBatch * valuesPerFrame(spec))
    let fastest = Infinity
    for (let trial = 0; trial <= trials; trial++) {
      const startedAt = performance.now()
      await run({ spec, session }, frames, leastBatch)
      if (trial > 0) fastest = Math.min(fastest, performance.now() - startedAt)
    }
    return fastest
  }

  /** Both forms compute the same; which is faster depends on the network and on the machine, so it is tried. */
  const openFaster = async (bundle: EngineBundle): Promise<LoadedBundle> => {
    const { spec } = bundle.full
    const session = await open(bundle, false)
    if (!hasWinograd(spec)) return { spec, session }
    const batchSession = await open(bundle, true)
    const [plainMs, winogradMs] = [await batchMs(spec, session), await batchMs(spec, batchSession)]
    if (winogradMs < plainMs) return { spec, session, batchSession }
    await batchSession.release()
    return { spec, session }
  }

  const release = async (id: string): Promise<void> => {
    const loaded = bundles.get(id)
    bundles.delete(id)
    await loaded?.session.release()
    await loaded?.batchSession?.release()
  }

  return {
    name: 'onnxruntime',
    isReady: true,
    slots: 1,
    async load(bundle) {
      const loaded = await openFaster(bundle)
      // Once through both networks, so that the first real frame does not pay for the start.
      await run(loaded, new Float32Array(valuesPerFrame(loaded.spec)), 1)
      await release(bundle.id)
      bundles.set(bundle.id, loaded)
    },
    async run(batch) {
      const loaded = bundles.get(batch.bundleId)
      if (loaded === undefined) throw unknownBundle(batch.bundleId)
      requireFit(loaded.spec, batch)
      const startedAt = performance.now()
      const output = await run(loaded, batch.frames, batch.count)
      return { ...output, inferenceMs: performance.now() - startedAt }
    },
    unload: release,
    async close() {
      for (const id of [...bundles.keys()]) await release(id)
    },
  }
}
