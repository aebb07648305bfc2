import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
/** On a machine with much other work a start takes minutes. */
const startTimeoutMs = 300_000

export interface EdgeProcess {
  readonly child: ChildProcess
  readonly origin: string
  readonly port: number
  /** What it said so far on stdout and stderr. */
  readonly out: () => string
  readonly err: () => string
  /** Ends it with a signal and resolves with its exit code; null where a signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/**
 * Starts the edge's command in a process of its own, on a free port of this machine alone, and waits until it
 * answers.
 */
export async function startEdgeProcess(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<EdgeProcess> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', main, '--host', '127.0.0.1', '--port', '0', ...args],
    { env: { ...process.env, NO_COLOR: '1', ...environment } },
  )
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  const stop = (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    child.kill(signal)
    return exited
  }
  const deadline = Date.now() + startTimeoutMs
  for (;;) {
    const [origin, , port] = /(https?):\/\/127\.0\.0\.1:(\d+)/.exec(out) ?? []
    if (origin !== undefined && port !== undefined)
      return { child, origin, port: Number(port), out: () => out, err: () => err, stop }
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`The edge did not start: ${err}${out}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
