import { CacheNetError } from '../../core/wire/errors.ts'
import { Progress } from './progress.ts'

/**
 * Runs what a command does, and tells in words what went wrong with it: 130 where it was interrupted, 1 otherwise. What is no
 * `CacheNetError` is a defect, and goes on.
 */
export async function runAsCommand(work: (progress: Progress) => Promise<void>): Promise<void> {
  const progress = new Progress()
  try {
    await work(progress)
  } catch (thrown) {
    if (!(thrown instanceof CacheNetError)) throw thrown
    progress.say(`\n${thrown.message} [${thrown.code}]`)
    process.exitCode = thrown.code === 'aborted' ? 130 : 1
  }
}
