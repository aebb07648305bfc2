import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * Bytes a second that a server sends of one file, by wrk: written in C, so that the load is not what is
 * measured.
 */
export async function bytesPerSecond(url: string, seconds: number): Promise<number> {
  const { stdout } = await promisify(execFile)('wrk', ['-t1', '-c16', `-d${seconds}s`, url])
  const [, amount, unit = ''] = /Transfer\/sec: *([\d.]+)([KMG]?)B/.exec(stdout) ?? []
  if (amount === undefined || /Non-2xx/.test(stdout)) throw new Error(`wrk measured nothing: ${stdout}`)
  return Number(amount) * 1024 ** ['', 'K', 'M', 'G'].indexOf(unit)
}

/** Version of wrk; undefined where it is not installed. */
export async function wrkVersion(): Promise<string | undefined> {
  // It says its version and ends with 1.
  const said: unknown = await promisify(execFile)('wrk', ['-v']).catch((thrown: unknown) => thrown)
  const text = typeof said === 'object' && said !== null && 'stdout' in said ? String(said.stdout) : ''
  return /wrk (\S+)/.exec(text)?.[1]
}
