import { createTaskHandler, type EngineTask, type EngineTaskReply } from '../engine/engine-task.ts'
import { createWasmEngine } from '../engine/wasm.ts'

/** A bundle whose id begins like this never ends loading. */
export const endlessBundle = 'endless'

const hang = (): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)

/**
 * The real engine, which crashes at a batch of 13, aborts at one of 15 as native code does, and hangs for
 * ever at one of 14.
 */
export async function createHandler(): Promise<(task: EngineTask) => Promise<EngineTaskReply>> {
  const perform = createTaskHandler(await createWasmEngine())
  return async (task) => {
    if (task.kind === 'load' && task.bundle.id.startsWith(endlessBundle)) hang()
    if (task.kind === 'run' && task.batch.count === 13) process.exit(1)
    if (task.kind === 'run' && task.batch.count === 14) hang()
    if (task.kind === 'run' && task.batch.count === 15) process.abort()
    return perform(task)
  }
}
