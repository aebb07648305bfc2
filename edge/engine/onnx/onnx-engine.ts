import type { InferenceSession } from 'onnxruntime-web'
import { isGraph, type FullNetwork } from '../../../core/bundle/full-network.ts'
import { openSession } from '../../../onnx/open-session.ts'
import { runFrames } from '../../../onnx/run-frames.ts'
import { loadRuntime } from '../../../onnx/runtime.ts'
import { requireFit, unknownBundle, valuesPerFrame } from '../batch-fit.ts'
import type { Engine, EngineBatch, EngineBundle, EngineOutput, LoadHints } from '../engine.ts'
import { requireNumbers, trialFrame } from '../trial-frame.ts'
import { bundleGraph } from './bundle-graph.ts'
import { frameTakingOf } from './frame-taking.ts'
import { leastBatch } from './least-batch.ts'
import { hasWinograd } from './winograd-conv.ts'

interface LoadedBundle {
  readonly spec: FullNetwork
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

/**
 * Native inference by ONNX Runtime on the CPU. The runtime computes on the thread that calls it, which it
 * blocks; it brings in the others itself. Throws `engine-failed` where the package is not installed.
 */
export async function createOnnxEngine({
  threads,
  aloneThreads = threads,
}: OnnxEngineOptions): Promise<Engine> {
  const runtime = await loadRuntime('native')
  const bundles = new Map<string, LoadedBundle>()

  const runSession = (
    spec: FullNetwork,
    session: InferenceSession,
    frames: Float32Array,
    count: number,
  ): Promise<Omit<EngineOutput, 'inferenceMs'>> =>
    runFrames(runtime, session, frameTakingOf(spec), frames, count, ['logits', 'codeLogits'])
  const sessionFor = (
    { alone, plain, forBatches }: LoadedBundle,
    { count, isAlone }: EngineBatch,
  ): InferenceSession => {
    if (isAlone === true) return alone
    return forBatches !== undefined && count >= forBatches.least ? forBatches.session : plain
  }

  const open = (bundle: EngineBundle, threads: number, isForBatches: boolean): Promise<InferenceSession> =>
    openSession(runtime, bundleGraph(bundle, { isForBatches }), 'the networks of this bundle', threads)

  /**
   * Both forms compute the same; which is faster depends on the network, on the batch and on the machine, so
   * it is tried.
   */
  const load = async (bundle: EngineBundle, { leastBatch: known }: LoadHints): Promise<LoadedBundle> => {
    const { spec } = bundle.full
    const plain = await open(bundle, threads, false)
    const alone = threads === aloneThreads ? plain : await open(bundle, aloneThreads, false)
    if (isGraph(spec) || !hasWinograd(spec) || known === null) return { spec, alone, plain }
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
