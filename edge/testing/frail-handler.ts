import { writeFileSync } from 'node:fs'
import { CacheNetError } from '../../core/wire/errors.ts'
import { createTaskHandler, type EngineTask, type EngineTaskReply } from '../engine/engine-task.ts'
import type { Engine, EngineBundle } from '../engine/engine.ts'

/** A bundle whose id begins like this never ends loading. */
export const endlessBundle = 'endless'

/** This module, for a pool that is to see when one of its processes hangs: that writes the file. */
export function frailHandler(hangingFile: string): URL {
  const module = new URL(import.meta.url)
  module.search = new URLSearchParams({ hangingFile }).toString()
  return module
}

function hang(): void {
  writeFileSync(new URL(import.meta.url).searchParams.get('hangingFile') ?? '/dev/null', '')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

type Network = EngineBundle['full']['spec'] | undefined

function outputsOf(spec: Network): number {
  const head = spec !== undefined && 'layers' in spec ? spec.layers.at(-1) : undefined
  return head?.kind === 'dense' ? head.units : 0
}

/** Knows which bundles it has, and computes nothing: most of a real engine's start is its libraries. */
function idleEngine(): Engine {
  const bundles = new Map<string, EngineBundle>()
  return {
    name: 'idle',
    isReady: true,
    slots: 1,
    canShare: false,
    load(bundle) {
      bundles.set(bundle.id, bundle)
      return Promise.resolve({})
    },
    run({ bundleId, count }) {
      const bundle = bundles.get(bundleId)
      if (bundle === undefined)
        return Promise.reject(new CacheNetError('bundle-unknown', `There is no bundle ${bundleId}.`))
      return Promise.resolve({
        logits: new Float32Array(count * outputsOf(bundle.full.spec)),
        codeLogits: new Float32Array(count * outputsOf(bundle.encoder?.spec)),
        inferenceMs: 0,
      })
    },
    unload(bundleId) {
      bundles.delete(bundleId)
      return Promise.resolve()
    },
    close: () => Promise.resolve(),
  }
}

/**
 * An engine that crashes at a batch of 13, aborts at one of 15 as native code does, and hangs for ever at one
 * of 14.
 */
export function createHandler(): Promise<(task: EngineTask) => Promise<EngineTaskReply>> {
  const perform = createTaskHandler(idleEngine())
  return Promise.resolve((task) => {
    if (task.kind === 'load' && task.bundle.id.startsWith(endlessBundle)) hang()
    if (task.kind === 'run' && task.batch.count === 13) process.exit(1)
    if (task.kind === 'run' && task.batch.count === 14) hang()
    if (task.kind === 'run' && task.batch.count === 15) process.abort()
    return perform(task)
  })
}
