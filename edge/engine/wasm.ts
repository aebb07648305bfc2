import { createRequire } from 'node:module'
import { dirname, sep } from 'node:path'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { decodeWeights } from '../../core/bundle/weights.ts'
import { disposeWeights, forward, toTensors, type NetworkWeights } from '../../core/network/forward.ts'
import type { NetworkSpec } from '../../core/network/spec.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { requireFit, unknownBundle } from './batch-fit.ts'
import type { Engine, EngineBatch, EngineBundle, EngineOutput } from './engine.ts'
import { requireNumbers, trialFrame } from './trial-frame.ts'

interface LoadedNetwork {
  readonly spec: NetworkSpec
  readonly weights: NetworkWeights
}

interface LoadedBundle {
  readonly full: LoadedNetwork
  readonly encoder: (LoadedNetwork & { readonly trunk: 'full' | 'own' }) | undefined
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

function loadBundle({ full, encoder }: EngineBundle): LoadedBundle {
  // Both are decoded before either is uploaded: a broken blob must not leave tensors behind.
  const fullWeights = decodeWeights(full.spec, full.blob)
  const encoderWeights = encoder === undefined ? [] : decodeWeights(encoder.spec, encoder.blob)
  return {
    full: { spec: full.spec, weights: toTensors(fullWeights) },
    encoder:
      encoder === undefined
        ? undefined
        : { spec: encoder.spec, weights: toTensors(encoderWeights), trunk: encoder.trunk },
  }
}

function disposeBundle({ full, encoder }: LoadedBundle): void {
  disposeWeights(full.weights)
  if (encoder !== undefined) disposeWeights(encoder.weights)
}

function runBundle(
  { full, encoder }: LoadedBundle,
  { frames, count }: EngineBatch,
): Omit<EngineOutput, 'inferenceMs'> {
  return tf.tidy(() => {
    const image = tf.tensor(frames, [count, ...full.spec.inputShape], 'float32')
    const answer = forward(full.spec, full.weights, image)
    const code =
      encoder === undefined
        ? undefined
        : forward(encoder.spec, encoder.weights, encoder.trunk === 'full' ? answer.features : image)
    // Copies: what dataSync returns may be a view of the WASM heap, which must not be handed to another
    // thread.
    return {
      logits: Float32Array.from(answer.logits.dataSync()),
      codeLogits: Float32Array.from(code?.logits.dataSync() ?? []),
    }
  })
}

/**
 * The engine that is always there: tfjs on WebAssembly SIMD, in the calling thread, which it blocks while it
 * runs.
 */
export async function createWasmEngine(): Promise<Engine> {
  await startBackend()
  const bundles = new Map<string, LoadedBundle>()
  /** What throws inside becomes a rejection. */
  const promise = <Result>(work: () => Result): Promise<Result> => Promise.resolve().then(work)

  return {
    name: 'tfjs-wasm',
    isReady: true,
    slots: 1,
    canShare: false,

    load: (bundle) =>
      promise(() => {
        const loaded = loadBundle(bundle)
        // Once through both networks, so that the first real frame does not pay for the start.
        try {
          requireNumbers(
            runBundle(loaded, { bundleId: bundle.id, frames: trialFrame(bundle.full.spec), count: 1 }),
          )
        } catch (thrown) {
          disposeBundle(loaded)
          throw thrown
        }
        const previous = bundles.get(bundle.id)
        bundles.set(bundle.id, loaded)
        if (previous !== undefined) disposeBundle(previous)
        return {}
      }),

    run: (batch) =>
      promise(() => {
        const loaded = bundles.get(batch.bundleId)
        if (loaded === undefined) throw unknownBundle(batch.bundleId)
        requireFit(loaded.full.spec, batch)
        const startedAt = performance.now()
        const output = runBundle(loaded, batch)
        return { ...output, inferenceMs: performance.now() - startedAt }
      }),

    unload: (bundleId) =>
      promise(() => {
        const loaded = bundles.get(bundleId)
        bundles.delete(bundleId)
        if (loaded !== undefined) disposeBundle(loaded)
      }),

    close: () =>
      promise(() => {
        for (const loaded of bundles.values()) disposeBundle(loaded)
        bundles.clear()
      }),
  }
}
