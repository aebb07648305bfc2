import { createRequire } from 'node:module'
import { dirname, sep } from 'node:path'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { isGraph, type FullNetwork } from '../../core/bundle/full-network.ts'
import { decodeWeights } from '../../core/bundle/weights.ts'
import { disposeWeights, forward, toTensors } from '../../core/network/forward.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { openSession } from '../../onnx/open-session.ts'
import { runFrames } from '../../onnx/run-frames.ts'
import { loadRuntime } from '../../onnx/runtime.ts'
import { requireFit, unknownBundle } from './batch-fit.ts'
import type { Engine, EngineBatch, EngineBundle, EngineNetwork, EngineOutput } from './engine.ts'
import { bundleGraph } from './onnx/bundle-graph.ts'
import { frameTakingOf } from './onnx/frame-taking.ts'
import { requireNumbers, trialFrame } from './trial-frame.ts'

/** One bundle, ready to answer. */
interface LoadedBundle {
  readonly spec: FullNetwork
  run(batch: Pick<EngineBatch, 'frames' | 'count'>): Promise<Omit<EngineOutput, 'inferenceMs'>>
  dispose(): void | Promise<void>
}

/**
 * Single-thread SIMD: one engine thread uses one core, and threads of its own would fight with the others for
 * it.
 */
async function startBackend(): Promise<void> {
  const folder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))
  setWasmPaths(`${folder}${sep}`)
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
  if (!(await tf.setBackend('wasm'))) {
    throw new CacheNetError(
      'engine-failed',
      'The tfjs WASM backend did not start. Reinstall with `npm ci`.',
      { folder },
    )
  }
  await tf.ready()
}

/** Layers of our own, by tfjs. */
function loadOwn(full: EngineNetwork, encoder: EngineBundle['encoder']): LoadedBundle {
  // Both are decoded before either is uploaded: a broken blob must not leave tensors behind.
  const decoded = decodeWeights(full.spec, full.blob)
  const decodedEncoder = encoder === undefined ? [] : decodeWeights(encoder.spec, encoder.blob)
  const weights = toTensors(decoded)
  const encoderWeights = toTensors(decodedEncoder)
  return {
    spec: full.spec,
    // What throws inside becomes a rejection.
    run: ({ frames, count }) =>
      Promise.resolve().then(() =>
        tf.tidy(() => {
          const image = tf.tensor(frames, [count, ...full.spec.inputShape], 'float32')
          const answer = forward(full.spec, weights, image)
          const code =
            encoder === undefined
              ? undefined
              : forward(encoder.spec, encoderWeights, encoder.trunk === 'full' ? answer.features : image)
          // Copies: what dataSync returns may be a view of the WASM heap, which must not be handed to another
          // thread.
          return {
            logits: Float32Array.from(answer.logits.dataSync()),
            codeLogits: Float32Array.from(code?.logits.dataSync() ?? []),
          }
        }),
      ),
    dispose() {
      disposeWeights(weights)
      disposeWeights(encoderWeights)
    },
  }
}

/** A full model that somebody brought: tfjs does not know its operators, ONNX Runtime on WebAssembly does. */
async function loadBrought(bundle: EngineBundle): Promise<LoadedBundle> {
  const { spec } = bundle.full
  const runtime = await loadRuntime('wasm')
  const graph = bundleGraph(bundle, { isForBatches: false })
  const session = await openSession(runtime, graph, 'the networks of this bundle')
  return {
    spec,
    run: ({ frames, count }) =>
      runFrames(runtime, session, frameTakingOf(spec), frames, count, ['logits', 'codeLogits']),
    dispose: () => session.release(),
  }
}

const loadBundle = (bundle: EngineBundle): LoadedBundle | Promise<LoadedBundle> => {
  const { spec, blob } = bundle.full
  return isGraph(spec) ? loadBrought(bundle) : loadOwn({ spec, blob }, bundle.encoder)
}

/**
 * The engine that is always there: WebAssembly SIMD, in the calling thread, which it blocks while it runs.
 */
export async function createWasmEngine(): Promise<Engine> {
  await startBackend()
  const bundles = new Map<string, LoadedBundle>()
  const drop = async (bundleId: string): Promise<void> => {
    const loaded = bundles.get(bundleId)
    bundles.delete(bundleId)
    await loaded?.dispose()
  }

  return {
    name: 'tfjs-wasm',
    isReady: true,
    slots: 1,
    canShare: false,

    async load(bundle) {
      const loaded = await loadBundle(bundle)
      // Once through both networks, so that the first real frame does not pay for the start.
      try {
        requireNumbers(await loaded.run({ frames: trialFrame(loaded.spec), count: 1 }))
      } catch (thrown) {
        await loaded.dispose()
        throw thrown
      }
      await drop(bundle.id)
      bundles.set(bundle.id, loaded)
      return {}
    },

    async run(batch) {
      const loaded = bundles.get(batch.bundleId)
      if (loaded === undefined) throw unknownBundle(batch.bundleId)
      requireFit(loaded.spec, batch)
      const startedAt = performance.now()
      const output = await loaded.run(batch)
      return { ...output, inferenceMs: performance.now() - startedAt }
    },

    unload: drop,

    async close() {
      for (const id of [...bundles.keys()]) await drop(id)
    },
  }
}
