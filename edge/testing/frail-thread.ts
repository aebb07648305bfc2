import { createTaskHandler, type EngineTask, type EngineTaskReply } from '../engine/engine-task.ts'
import { createWasmEngine } from '../engine/wasm.ts'

// A thread of the pool with the real engine that crashes at a batch of 13 and hangs for ever at one of 14.

const perform = createTaskHandler(await createWasmEngine())

export async function handle(task: EngineTask): Promise<EngineTaskReply> {
  if (task.kind === 'run' && task.batch.count === 13) process.exit(1)
  if (task.kind === 'run' && task.batch.count === 14) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  return perform(task)
}
