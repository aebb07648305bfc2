import { CacheNetError, type ErrorBody } from '../../core/wire/errors.ts'
import type { Engine, EngineBatch, EngineBundle, EngineOutput } from './engine.ts'

// What the pool hands to its threads. A task carries all that it needs: a thread that was just started, in place of one that
// crashed, loads on the way what it lacks. The blobs are in shared memory, so that this costs nothing.

export type EngineTask =
  | { readonly kind: 'load'; readonly bundles: readonly EngineBundle[] }
  | { readonly kind: 'run'; readonly batch: EngineBatch; readonly bundle: EngineBundle; readonly live: readonly string[] }

export type EngineTaskReply =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'ran'; readonly output: EngineOutput }
  /** An error's class would be lost between threads; its body is not. */
  | { readonly kind: 'failed'; readonly body: ErrorBody }

/** Does tasks with an engine, one after the other. Never rejects: a failure travels back as a reply. */
export function createTaskHandler(engine: Engine): (task: EngineTask) => Promise<EngineTaskReply> {
  const loaded = new Set<string>()

  const load = async (bundle: EngineBundle): Promise<void> => {
    if (loaded.has(bundle.id)) return
    await engine.load(bundle)
    loaded.add(bundle.id)
  }
  const forgetAllBut = async (live: readonly string[]): Promise<void> => {
    for (const id of [...loaded].filter((candidate) => !live.includes(candidate))) {
      loaded.delete(id)
      await engine.unload(id)
    }
  }
  const perform = async (task: EngineTask): Promise<EngineTaskReply> => {
    switch (task.kind) {
      case 'load':
        for (const bundle of task.bundles) await load(bundle)
        return { kind: 'loaded' }
      case 'run':
        await forgetAllBut(task.live)
        await load(task.bundle)
        return { kind: 'ran', output: await engine.run(task.batch) }
      default:
        return task satisfies never
    }
  }
  return async (task) => {
    try {
      return await perform(task)
    } catch (thrown) {
      return { kind: 'failed', body: CacheNetError.from(thrown, 'engine-failed').toBody() }
    }
  }
}
