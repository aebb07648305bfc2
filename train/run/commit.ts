import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * The commit that is checked out, `-dirty` behind it where files differ; 'unknown' outside a git checkout.
 */
export async function currentCommit(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(
      'git',
      ['describe', '--always', '--dirty', '--abbrev=12', '--exclude', '*'],
      { timeout: 10_000 },
    )
    return stdout.trim()
  } catch {
    return 'unknown'
  }
}
