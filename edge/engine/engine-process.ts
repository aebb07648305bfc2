import { fork, type ChildProcess } from 'node:child_process'
import { setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { EngineChoice } from './create-engine.ts'
import type { EngineTask, EngineTaskReply } from './engine-task.ts'

export interface EngineProcessOptions {
  /** Exports `createHandler`, as `engine-handler.ts` does. */
  readonly module: URL
  readonly choice: EngineChoice
  /** Longest that it may take to start. */
  readonly startLimitMs: number
  /** Gives way to everything else on the machine. */
  readonly isInBackground?: boolean
}

/** One process with an engine in it. Whatever native code does there, the edge goes on. */
export interface EngineProcess {
  readonly isAlive: boolean
  /** Resolves once the process is gone, whatever ended it. */
  readonly gone: Promise<void>
  /**
   * Does one task; one at a time. Rejects with `worker-crashed` where the process ended, and with
   * `edge-timeout` where the task took too long; then the process is ended, since nothing else stops native
   * code.
   */
  call(task: EngineTask, limitMs: number): Promise<EngineTaskReply>
  kill(): Promise<void>
}

type FromProcess = { readonly ready: true } | { readonly id: number; readonly reply: EngineTaskReply }

const crashed = (): CacheNetError =>
  new CacheNetError('worker-crashed', 'An inference process ended. Send the frame once more in a moment.')
const backgroundPriority = 10

function giveWay({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, backgroundPriority)
  } catch {
    // It only competes more than it should.
  }
}

/**
 * Starts a process and resolves once its engine is there. Throws `worker-crashed` or `edge-timeout` where it
 * is not.
 */
export async function startEngineProcess({
  module,
  choice,
  startLimitMs,
  isInBackground = false,
}: EngineProcessOptions): Promise<EngineProcess> {
  const child = fork(
    fileURLToPath(new URL('./start-process.js', import.meta.url)),
    [JSON.stringify({ module: module.href, choice })],
    {
      // Typed arrays as they are.
      serialization: 'advanced',
      // Its own flags only: those of the parent (a test runner's, a debugger's) are not for an inference
      // process.
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  )
  if (isInBackground) giveWay(child)
  let isAlive = true
  let nextId = 1
  let waiting:
    | {
        readonly id: number
        readonly resolve: (reply: EngineTaskReply) => void
        readonly reject: (reason: CacheNetError) => void
      }
    | undefined
  let isReady = (): void => undefined
  let cannotStart: (reason: CacheNetError) => void = () => undefined
  const started = new Promise<void>((resolve, reject) => {
    isReady = resolve
    cannotStart = reject
  })
  const gone = new Promise<void>((resolve) => {
    const end = (): void => {
      isAlive = false
      waiting?.reject(crashed())
      cannotStart(crashed())
      resolve()
    }
    child.once('exit', end)
    // Where there is no process to exit.
    child.once('error', end)
  })
  child.on('message', (message) => {
    const told = message as FromProcess
    if ('ready' in told) isReady()
    else if (told.id === waiting?.id) waiting.resolve(told.reply)
  })
  const kill = (): Promise<void> => {
    isAlive = false
    child.kill('SIGKILL')
    return gone
  }
  /** Ends the process where it takes longer. */
  const within = async <Result>(limitMs: number, work: Promise<Result>): Promise<Result> => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        void kill()
        reject(
          new CacheNetError('edge-timeout', 'Inference took too long and was ended. Send the frame again.', {
            limitMs,
          }),
        )
      }, limitMs)
    })
    try {
      return await Promise.race([work, late])
    } finally {
      clearTimeout(timer)
    }
  }

  try {
    await within(startLimitMs, started)
  } catch (thrown) {
    await kill()
    throw thrown
  }

  return {
    get isAlive() {
      return isAlive
    },
    gone,
    async call(task, limitMs) {
      if (!isAlive) throw crashed()
      const id = nextId++
      const answered = new Promise<EngineTaskReply>((resolve, reject) => {
        waiting = { id, resolve, reject }
        child.send({ id, task }, (failure) => {
          if (failure !== null) reject(crashed())
        })
      })
      const reply = await within(limitMs, answered)
      if (reply.kind === 'failed') throw CacheNetError.fromBody(reply.body, 'engine-failed')
      return reply
    },
    kill,
  }
}
