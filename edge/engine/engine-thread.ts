import { Worker } from 'node:worker_threads'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { EngineBatch, EngineBundle } from './engine.ts'
import { threadReplySchema, type ThreadCall, type ThreadReply } from './thread-messages.ts'

type Work = { kind: 'load'; bundle: EngineBundle } | { kind: 'run'; batch: EngineBatch }

interface Waiting {
  readonly resolve: (reply: ThreadReply) => void
  readonly reject: (reason: CacheNetError) => void
  readonly timer: NodeJS.Timeout
}

/** One running inference thread. Once it has ended it stays ended; see `threaded-engine.ts` for its successor. */
export interface EngineThread {
  readonly engineName: string
  /** Resolves with the reason when the thread is gone, whoever ended it. */
  readonly ended: Promise<CacheNetError>
  call(work: Work): Promise<ThreadReply>
  close(): Promise<void>
}

export interface EngineThreadOptions {
  /** Module that the thread runs, given as a file URL. */
  readonly module: URL
  /** A call that takes longer ends the thread: it blocks everything behind it. */
  readonly timeoutMs: number
  /** Longest that the engine may take to start. */
  readonly startTimeoutMs: number
}

const crashed = (message: string, cause?: unknown): CacheNetError => new CacheNetError('worker-crashed', message, {}, { cause })

/** Starts an inference thread and waits until its engine runs. Throws `worker-crashed` or `edge-timeout`. */
export function startEngineThread({ module, timeoutMs, startTimeoutMs }: EngineThreadOptions): Promise<EngineThread> {
  // Its own flags only: those of the parent (a test runner's, a debugger's) are not for an inference thread.
  const worker = new Worker(new URL('./start-thread.js', import.meta.url), { workerData: { module: module.href }, execArgv: [] })
  const waiting = new Map<number, Waiting>()
  let nextId = 1
  let failure: CacheNetError | undefined
  let announceEnd: (reason: CacheNetError) => void
  const ended = new Promise<CacheNetError>((resolve) => (announceEnd = resolve))

  const end = (reason: CacheNetError): void => {
    failure ??= reason
    for (const { reject, timer } of waiting.values()) {
      clearTimeout(timer)
      reject(failure)
    }
    waiting.clear()
    announceEnd(failure)
  }
  const terminate = (reason: CacheNetError): void => {
    end(reason)
    void worker.terminate()
  }
  worker.on('error', (cause) => end(crashed('The inference thread crashed. Frames that it had were not answered.', cause)))
  worker.on('exit', () => end(crashed('The inference thread ended. Frames that it had were not answered.')))

  const expectReply = (id: number, limitMs: number): Promise<ThreadReply> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        terminate(new CacheNetError('edge-timeout', 'The inference thread did not answer in time and was ended.', { limitMs }))
      }, limitMs)
      waiting.set(id, { resolve, reject, timer })
    })

  const settle = (reply: ThreadReply): void => {
    // Id 0 is the start: the only reply that nobody called for.
    const id = reply.kind === 'started' ? 0 : reply.id
    const entry = waiting.get(id)
    if (entry === undefined) return
    waiting.delete(id)
    clearTimeout(entry.timer)
    if (reply.kind === 'failed') entry.reject(CacheNetError.fromBody(reply.body, 'engine-failed'))
    else entry.resolve(reply)
  }
  worker.on('message', (message: unknown) => {
    const parsed = threadReplySchema.safeParse(message)
    if (parsed.success) settle(parsed.data)
    else terminate(crashed('The inference thread sent something that is no reply.', parsed.error))
  })

  const thread = {
    ended,
    call(work: Work): Promise<ThreadReply> {
      if (failure !== undefined) return Promise.reject(failure)
      const id = nextId++
      const reply = expectReply(id, timeoutMs)
      const call: ThreadCall = { ...work, id }
      worker.postMessage(call, call.kind === 'run' ? [call.batch.frames.buffer] : [])
      return reply
    },
    async close(): Promise<void> {
      end(crashed('The inference thread was closed.'))
      await worker.terminate()
    },
  }
  return expectReply(0, startTimeoutMs).then((reply) => ({ ...thread, engineName: reply.kind === 'started' ? reply.engine : 'unknown' }))
}
