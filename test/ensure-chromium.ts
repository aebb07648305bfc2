import { findChromium, isExecutable } from './find-chromium.ts'
import { runCommand, type CommandResult } from './run-command.ts'

export interface System {
  readonly platform: NodeJS.Platform
  readonly isRoot: boolean
  readonly run: (command: string, args: readonly string[]) => Promise<CommandResult>
}

const tenMinutes = 10 * 60_000

const thisSystem: System = {
  platform: process.platform,
  isRoot: process.getuid?.() === 0,
  run: (command, args) =>
    runCommand(command, args, { timeoutMs: tenMinutes, environment: { DEBIAN_FRONTEND: 'noninteractive' } }),
}

const advice = `There is no Chromium or Chrome on this machine, and the browser tests need one.
Install it (Debian: apt-get install chromium; macOS: brew install --cask chromium), or set CHROMIUM_PATH to one.`

/** The words that run a command as root without asking anybody; undefined where that is not possible. */
async function asRoot({ isRoot, run }: System): Promise<readonly string[] | undefined> {
  if (isRoot) return []
  return (await run('sudo', ['-n', 'true'])).isOk ? ['sudo', '-n'] : undefined
}

async function installWithApt(system: System): Promise<void> {
  if (system.platform !== 'linux' || !(await system.run('apt-get', ['--version'])).isOk) return
  const prefix = await asRoot(system)
  if (prefix === undefined) return
  for (const args of [['update'], ['install', '-y', 'chromium']]) {
    const [command = '', ...rest] = [...prefix, 'apt-get', ...args]
    if (!(await system.run(command, rest)).isOk) return
  }
}

/**
 * Path of a Chromium that can be started, installed first where that needs nobody's password (Debian and
 * Ubuntu). Throws an error that says what to do.
 */
export async function ensureChromium(system = thisSystem, find = findChromium): Promise<string> {
  if (!isExecutable(find())) await installWithApt(system)
  const path = find()
  if (isExecutable(path)) return path
  throw new Error(path === '' ? advice : `${path} cannot be started.\n${advice}`)
}
