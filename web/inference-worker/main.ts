import { inferenceProtocol } from '../messages/inference.ts'
import { serveRpc } from '../messages/rpc-server.ts'
import { createHandlers } from './handlers.ts'

serveRpc(self as DedicatedWorkerGlobalScope, inferenceProtocol, createHandlers())
