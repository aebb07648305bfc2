import { parentPort } from 'node:worker_threads'
import { CacheNetError } from '../../core/wire/errors.ts'
import { answerCall } from './answer-call.ts'
import { threadCallSchema } from './thread-messages.ts'
import { createWasmEngine } from './wasm.ts'

const port = parentPort
if (port === null) throw new CacheNetError('internal', 'This module runs in a worker thread only.')

const engine = await createWasmEngine()
port.on('message', (message: unknown) => {
  void answerCall(engine, threadCallSchema.parse(message)).then(({ reply, transfer }) => {
    port.postMessage(reply, transfer)
  })
})
port.postMessage({ kind: 'started', engine: engine.name })
