import type { InferenceSession } from 'onnxruntime-node'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { NetworkSpec } from '../../../core/network/spec.ts'
import { requireFit, unknownBundle, valuesPerFrame } from '../batch-fit.ts'
import type { Engine, EngineBundle, EngineOutput } from '../engine.ts'
import { bundleGraph, graphNames } from './bundle-graph.ts'
import { cheapestForBatches } from './cheapest-for-batches.ts'
import { hasWinograd } from './winograd-conv.ts'

type Runtime = typeof import('onnxruntime-node')

interface LoadedBundle {
  readonly spec: NetworkSpec
  /** For a frame that is alone, and small batches. */
  readonly alone: InferenceSession
  /** For batches of `leastBatch` frames and more. */
  readonly together?: { readonly session: InferenceSession; readonly leastBatch: number } | undefined
}

export interface OnnxEngineOptions {
  /** Threads that share one batch. */
  readonly threads: number
  /** Threads that share a frame that came alone: somebody waits for it, and the others have nothing to do. As many as `threads` where not given. */
  readonly aloneThreads?: number | undefined
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
 * the others itself. Throws `engine-failed` where the package is not installed.
 */
export async function createOnnxEngine({ threads, aloneThreads = threads }: OnnxEngineOptions): Promise<Engine> {
  const { InferenceSession, Tensor } = await importRuntime()
  const bundles = new Map<string, LoadedBundle>()

  const runSession = async ({ inputShape }: NetworkSpec, session: InferenceSession, frames: Float32Array, count: number): Promise<Omit<EngineOutput, 'inferenceMs'>> => {
    const outputs = await session.run({ [graphNames.frames]: new Tensor('float32', frames, [count, ...inputShape]) })
    return { logits: floatsOf(outputs, graphNames.logits), codeLogits: floatsOf(outputs, graphNames.codeLogits) }
  }
  const run = ({ spec, alone, together }: LoadedBundle, frames: Float32Array, count: number): Promise<Omit<EngineOutput, 'inferenceMs'>> =>
    runSession(spec, together !== undefined && count >= together.leastBatch ? together.session : alone, frames, count)

  const open = (bundle: EngineBundle, intraOpNumThreads: number, isForBatches: boolean): Promise<InferenceSession> =>
    InferenceSession.create(bundleGraph(bundle, { isForBatches }), {
      executionProviders: ['cpu'],
      intraOpNumThreads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      // Threads that wait for work by spinning would take the core from the event loop.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    })

  /** All forms compute the same; which is cheapest depends on the network, on the batch and on the machine, so it is tried. */
  const load = async (bundle: EngineBundle): Promise<LoadedBundle> => {
    const { spec } = bundle.full
    const alone = await open(bundle, aloneThreads, false)
    const forms = [...(threads === aloneThreads ? [] : [false]), ...(hasWinograd(spec) ? [true] : [])]
    const sessions = await Promise.all(forms.map((isForBatches) => open(bundle, threads, isForBatches)))
    const cheapest = await cheapestForBatches(
      { session: alone, threads: aloneThreads },
      sessions.map((session) => ({ session, threads })),
      (session, count) => runSession(spec, session, new Float32Array(count * valuesPerFrame(spec)), count),
    )
    for (const session of sessions) if (session !== cheapest?.session) await session.release()
    return { spec, alone, together: cheapest }
  }

  const release = async (id: string): Promise<void> => {
    const loaded = bundles.get(id)
    bundles.delete(id)
    await loaded?.alone.release()
    await loaded?.together?.session.release()
  }

  return {
    name: 'onnxruntime',
    isReady: true,
    slots: 1,
    async load(bundle) {
      const loaded = await load(bundle)
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
