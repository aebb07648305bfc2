import { spawn } from 'node:child_process'

export interface CommandOptions {
  /** The command and all that it started are killed after this. */
  readonly timeoutMs: number
  readonly environment?: Readonly<Record<string, string>>
}

export interface CommandResult {
  readonly isOk: boolean
  readonly seconds: number
}

const isWindows = process.platform === 'win32'

/**
 * Runs a command with its output on ours and nothing to read from. Never rejects: a command that does not
 * exist, fails or takes too long is not ok.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  { timeoutMs, environment = {} }: CommandOptions,
): Promise<CommandResult> {
  const startedAt = performance.now()
  return new Promise((resolve) => {
    // In a group of its own, so that what it started (browsers, workers) ends with it.
    const child = spawn(command, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...environment },
      detached: !isWindows,
      shell: isWindows,
    })
    const kill = (): void => {
      if (child.pid === undefined) return
      try {
        if (isWindows) child.kill('SIGKILL')
        else process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It has ended by itself in this moment.
      }
    }
    const interrupt = (): void => {
      kill()
      process.exit(130)
    }
    const timer = setTimeout(() => {
      console.error(
        `\n${command} ${args.join(' ')}: ended after ${Math.round(timeoutMs / 1000)} s, it took too long.`,
      )
      kill()
    }, timeoutMs)
    process.on('SIGINT', interrupt)
    process.on('SIGTERM', interrupt)
    const finish = (isOk: boolean): void => {
      clearTimeout(timer)
      process.off('SIGINT', interrupt)
      process.off('SIGTERM', interrupt)
      resolve({ isOk, seconds: (performance.now() - startedAt) / 1000 })
    }
    child.once('error', () => finish(false))
    child.once('exit', (code) => finish(code === 0))
  })
}
