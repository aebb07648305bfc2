import { inferenceProtocol } from '../messages/inference.ts'
import { threadsOfName } from '../messages/inference-worker-name.ts'
import { serveRpc } from '../messages/rpc-server.ts'
import { createHandlers } from './handlers.ts'
import { startThreadedKernels } from './start-threaded-kernels.ts'

// The inference worker on several threads: a script of its own, so that the one-thread worker does not carry
// what it needs.

const start = (): ReturnType<typeof startThreadedKernels> => startThreadedKernels(threadsOfName(self.name))
start().catch(() => undefined)

serveRpc(self as DedicatedWorkerGlobalScope, inferenceProtocol, createHandlers(start))
