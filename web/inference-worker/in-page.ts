import type { InferenceAnswers, InferenceRequest } from '../messages/inference.ts'
import type { RpcHandlers } from '../messages/rpc-server.ts'
import { createHandlers } from './handlers.ts'
import { startKernels } from './start-kernels.ts'

let handlers: RpcHandlers<InferenceRequest, InferenceAnswers> | undefined

/**
 * What the inference worker does, for whoever calls it on the own thread. One for all: a bundle that is
 * opened again takes the place of the one before.
 */
export function inPageHandlers(): RpcHandlers<InferenceRequest, InferenceAnswers> {
  handlers ??= createHandlers(startKernels, { keepsBitmaps: true })
  return handlers
}
