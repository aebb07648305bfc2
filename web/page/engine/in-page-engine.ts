import { CacheNetError } from '../../../core/wire/errors.ts'
import type { Classification, InferenceAnswers, InferenceRequest } from '../../messages/inference.ts'
import type { RpcCallOptions, RpcClient } from '../../messages/rpc-client.ts'
import { MovedAnswer } from '../../messages/rpc-server.ts'

export type InferenceClient = RpcClient<InferenceRequest, InferenceAnswers, never>

/**
 * The engine on the page's own thread, asked as one in a worker is. A message to a worker and back costs two
 * wake-ups of a thread and two copies, on a slow phone several times what a small network takes; here an
 * answer is a function call away, and nothing is copied or parsed: both ends are of one build. It cannot be
 * waited for with a time limit, nor crash by itself. The code comes when it is first asked.
 */
export function createInPageEngine(): InferenceClient {
  // The engine itself, where the thread of a worker is not wanted.
  // eslint-disable-next-line import-x/no-restricted-paths
  const loading = import('../../inference-worker/in-page.ts').then(({ inPageHandlers }) => inPageHandlers())
  loading.catch(() => undefined)
  let handlers: Awaited<typeof loading> | undefined
  let closedBy: CacheNetError | undefined
  /** Of the last frame, where its picture may be asked for. */
  const kept: ImageBitmap[] = []

  return {
    async call<Asked extends InferenceRequest>(
      signal: AbortSignal,
      request: Asked,
      { transfer = [] }: RpcCallOptions = {},
    ): Promise<InferenceAnswers[Asked['kind']]> {
      let isAskedForLater = false
      try {
        handlers ??= await loading
        if (closedBy !== undefined) throw closedBy
        if (signal.aborted)
          throw new CacheNetError('aborted', 'The request was called off.', { kind: request.kind })
        const handle = handlers[request.kind] as (signal: AbortSignal, asked: Asked) => Promise<unknown>
        const result = await handle(signal, request)
        const answer = (
          result instanceof MovedAnswer ? result.answer : result
        ) as InferenceAnswers[Asked['kind']]
        isAskedForLater = request.kind === 'classify' && (answer as Classification).frame !== undefined
        return answer
      } catch (thrown) {
        throw CacheNetError.from(thrown)
      } finally {
        // What is moved to a worker is not seen again, and here nobody else has it.
        const moved = transfer.filter((each) => each instanceof ImageBitmap)
        if (request.kind === 'classify') for (const before of kept.splice(0)) before.close()
        if (isAskedForLater) kept.push(...moved)
        else for (const bitmap of moved) bitmap.close()
      }
    },
    onEvent: () => () => undefined,
    close(reason = new CacheNetError('worker-crashed', 'The networks run elsewhere now.')) {
      closedBy = reason
      for (const last of kept.splice(0)) last.close()
    },
  }
}
