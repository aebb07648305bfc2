import { parentPort } from 'node:worker_threads'
import { answerCall } from '../engine/answer-call.ts'
import { threadCallSchema } from '../engine/thread-messages.ts'
import { createWasmEngine } from '../engine/wasm.ts'

// An inference thread with the real engine that crashes at a batch of 13 and hangs for ever at one of 14.

const engine = await createWasmEngine()
parentPort?.on('message', (message: unknown) => {
  const call = threadCallSchema.parse(message)
  if (call.kind === 'run' && call.batch.count === 13) throw new Error('crashed on purpose')
  if (call.kind === 'run' && call.batch.count === 14) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  void answerCall(engine, call).then(({ reply, transfer }) => parentPort?.postMessage(reply, transfer))
})
parentPort?.postMessage({ kind: 'started', engine: engine.name })
