import type { InferenceSession } from 'onnxruntime-node'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { NetworkSpec } from '../../../core/network/spec.ts'
import { requireFit, unknownBundle, valuesPerFrame } from '../batch-fit.ts'
import type { Engine, EngineBatch, EngineBundle, EngineOutput, LoadHints } from '../engine.ts'
import { requireNumbers, trialFrame } from '../trial-frame.ts'
import { bundleGraph, graphNames } from './bundle-graph.ts'
import { leastBatch } from './least-batch.ts'
import { hasWinograd } from './winograd-conv.ts'

type Runtime = typeof import('onnxruntime-node')

interface LoadedBundle {
  readonly spec: NetworkSpec
  /** For what runs alone, on all threads. */
  readonly alone: InferenceSession
  /** On the threads of one batch. */
  readonly plain: InferenceSession
  /** The same for batches of `least` frames and more. */
  readonly forBatches?: { readonly session: InferenceSession; readonly least: number } | undefined
}

export interface OnnxEngineOptions {
  /** Threads that share one batch. */
  readonly threads: number
  /** Threads that share a batch that runs alone; as many as `threads` where not given. */
  readonly aloneThreads?: number | undefined
}

/** The package is optional: where it is not installed, or has no binary for this machine, there is tfjs. */
async function importRuntime(): Promise<Runtime> {
  try {
    return await import('onnxruntime-node')
  } catch (cause) {
    throw new CacheNetError(
      'engine-failed',
      'The native ONNX Runtime is not installed. Install it with `npm ci`, or choose --engine tfjs-wasm.',
      {},
      { cause },
    )
  }
}

function floatsOf(outputs: InferenceSession.OnnxValueMapType, name: string): Float32Array<ArrayBuffer> {
  const data = outputs[name]?.data
  if (data === undefined) return new Float32Array()
  if (!(data instanceof Float32Array))
    throw new CacheNetError('engine-failed', `The graph gave no floats as ${name}.`, { name })
  // A copy: what the runtime returns lives in its memory, which must not be handed to another thread.
  return Float32Array.from(data)
}

/**
 * Native inference by ONNX Runtime on the CPU. The runtime computes on the thread that calls it, which it
 * blocks; it brings in the others itself. Throws `engine-failed` where the package is not installed.
 */
export async function createOnnxEngine({
  threads,
  aloneThreads = threads,
}: OnnxEngineOptions): Promise<Engine> {
  const { InferenceSession, Tensor } = await importRuntime()
  const bundles = new Map<string, LoadedBundle>()

  const runSession = async (
    { inputShape }: NetworkSpec,
    session: InferenceSession,
    frames: Float32Array,
    count: number,
  ): Promise<Omit<EngineOutput, 'inferenceMs'>> => {
    const outputs = await session.run({
      [graphNames.frames]: new Tensor('float32', frames, [count, ...inputShape]),
    })
    return {
      logits: floatsOf(outputs, graphNames.logits),
      codeLogits: floatsOf(outputs, graphNames.codeLogits),
    }
  }
  const sessionFor = (
    { alone, plain, forBatches }: LoadedBundle,
    { count, isAlone }: EngineBatch,
  ): InferenceSession => {
    if (isAlone === true) return alone
    return forBatches !== undefined && count >= forBatches.least ? forBatches.session : plain
  }

  const open = (
    bundle: EngineBundle,
    intraOpNumThreads: number,
    isForBatches: boolean,
  ): Promise<InferenceSession> =>
    InferenceSession.create(bundleGraph(bundle, { isForBatches }), {
      executionProviders: ['cpu'],
      intraOpNumThreads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      // Threads that wait for work by spinning would take the core from the event loop.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    })

  /**
   * Both forms compute the same; which is faster depends on the network, on the batch and on the machine, so
   * it is tried.
   */
  const load = async (bundle: EngineBundle, { leastBatch: known }: LoadHints): Promise<LoadedBundle> => {
    const { spec } = bundle.full
    const plain = await open(bundle, threads, false)
    const alone = threads === aloneThreads ? plain : await open(bundle, aloneThreads, false)
    if (!hasWinograd(spec) || known === null) return { spec, alone, plain }
    const session = await open(bundle, threads, true)
    const trial = (tried: InferenceSession) => (count: number) =>
      runSession(spec, tried, new Float32Array(count * valuesPerFrame(spec)), count)
    const least = known ?? (await leastBatch(trial(plain), trial(session)))
    if (least !== undefined) return { spec, alone, plain, forBatches: { session, least } }
    await session.release()
    return { spec, alone, plain }
  }

  const releaseSessions = async ({ alone, plain, forBatches }: LoadedBundle): Promise<void> => {
    await plain.release()
    if (alone !== plain) await alone.release()
    await forBatches?.session.release()
  }
  const release = async (id: string): Promise<void> => {
    const loaded = bundles.get(id)
    bundles.delete(id)
    if (loaded !== undefined) await releaseSessions(loaded)
  }

  return {
    name: 'onnxruntime',
    isReady: true,
    slots: 1,
    canShare: false,
    async load(bundle, hints = {}) {
      const loaded = await load(bundle, hints)
      // Once through both networks, so that the first real frame does not pay for the start.
      try {
        requireNumbers(await runSession(loaded.spec, loaded.alone, trialFrame(loaded.spec), 1))
      } catch (thrown) {
        await releaseSessions(loaded)
        throw thrown
      }
      await release(bundle.id)
      bundles.set(bundle.id, loaded)
      return { leastBatch: loaded.forBatches?.least ?? null }
    },
    async run(batch) {
      const loaded = bundles.get(batch.bundleId)
      if (loaded === undefined) throw unknownBundle(batch.bundleId)
      requireFit(loaded.spec, batch)
      const startedAt = performance.now()
      const output = await runSession(loaded.spec, sessionFor(loaded, batch), batch.frames, batch.count)
      return { ...output, inferenceMs: performance.now() - startedAt }
    },
    unload: release,
    async close() {
      for (const id of [...bundles.keys()]) await release(id)
    },
  }
}
