import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isListening } from './is-listening.ts'
import { temporaryFolder } from './bundle-folder.ts'
import { freePort } from './free-port.ts'

const findRedis = (): string | undefined =>
  [...(process.env['PATH'] ?? '').split(':'), '/usr/bin', '/usr/local/bin']
    .flatMap((folder) => ['redis-server', 'valkey-server'].map((name) => join(folder, name)))
    .find((path) => existsSync(path))

export interface RedisProcess {
  readonly url: string
  /** Ends it; what it held is gone. */
  stop(): Promise<void>
  /** Starts it again on the same port, empty. */
  start(): Promise<void>
  /** It answers nothing more, and its connections stay; and answers again. */
  freeze(): void
  thaw(): void
  remove(): Promise<void>
}

/** Runs Redis, or Valkey, of this machine on a free port, for this machine alone; it writes nothing. */
export async function startRedis(): Promise<RedisProcess> {
  const program = findRedis()
  if (program === undefined)
    throw new Error(
      'There is no Redis and no Valkey on this machine. On Debian and Ubuntu: apt-get install redis-server.',
    )
  const { folder, remove } = await temporaryFolder()
  const port = await freePort()
  let child: ReturnType<typeof spawn> | undefined
  const start = async (): Promise<void> => {
    const where = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder]
    const started = spawn(program, [...where, '--save', '', '--appendonly', 'no'], { stdio: 'ignore' })
    child = started
    while (!(await isListening(port))) {
      if (started.exitCode !== null) throw new Error('Redis did not start.')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  const stop = async (): Promise<void> => {
    const running = child
    child = undefined
    if (running === undefined) return
    const exited = once(running, 'exit')
    running.kill('SIGKILL')
    await exited
  }
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    start,
    stop,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    async remove() {
      await stop()
      await remove()
    },
  }
}
