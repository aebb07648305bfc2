import { inferenceProtocol } from '../messages/inference.ts'
import { serveRpc } from '../messages/rpc-server.ts'
import { createHandlers } from './handlers.ts'
import { startKernels } from './start-kernels.ts'

// Before anybody asks: the page that starts this worker will. What goes wrong is told to whoever asks.
startKernels().catch(() => undefined)

serveRpc(self as DedicatedWorkerGlobalScope, inferenceProtocol, createHandlers(startKernels))
