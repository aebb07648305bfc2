import { CacheNetError, type ErrorBody } from '../../core/wire/errors.ts'
import type { Engine, EngineBatch, EngineBundle, EngineOutput, LoadHints } from './engine.ts'

// What the pool hands to its processes.

export type EngineTask =
  | { readonly kind: 'load'; readonly bundle: EngineBundle; readonly hints?: LoadHints | undefined }
  /** `live` names all that may stay loaded. */
  | { readonly kind: 'run'; readonly batch: EngineBatch; readonly live: readonly string[] }

export type EngineTaskReply =
  | { readonly kind: 'loaded'; readonly hints: LoadHints }
  | { readonly kind: 'ran'; readonly output: EngineOutput }
  /** An error's class would be lost between processes; its body is not. */
  | { readonly kind: 'failed'; readonly body: ErrorBody }

/** Does tasks with an engine, one after the other. Never rejects: a failure travels back as a reply. */
export function createTaskHandler(engine: Engine): (task: EngineTask) => Promise<EngineTaskReply> {
  const loaded = new Set<string>()

  const forgetAllBut = async (live: readonly string[]): Promise<void> => {
    for (const id of [...loaded].filter((candidate) => !live.includes(candidate))) {
      loaded.delete(id)
      await engine.unload(id)
    }
  }
  const perform = async (task: EngineTask): Promise<EngineTaskReply> => {
    switch (task.kind) {
      case 'load': {
        const hints = await engine.load(task.bundle, task.hints)
        loaded.add(task.bundle.id)
        return { kind: 'loaded', hints }
      }
      case 'run':
        await forgetAllBut(task.live)
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
