import type { ArgsDef } from 'citty'
import { CacheNetError } from '../../core/wire/errors.ts'
import { checkFlags } from './check-flags.ts'
import { Progress } from './progress.ts'
import { storageError } from './storage-error.ts'

/** A command line as it was typed, and the flags that it may have. */
export interface TypedFlags {
  readonly rawArgs: readonly string[]
  readonly known: ArgsDef
}

/**
 * Runs what a command does, and tells in words what went wrong with it: 130 where it was interrupted, 1
 * otherwise. Flags that the parser would pass over are refused first. What is neither a `CacheNetError` nor a
 * file that fails is a defect, and goes on.
 */
export async function runAsCommand(
  { rawArgs, known }: TypedFlags,
  work: (progress: Progress) => Promise<void>,
): Promise<void> {
  const progress = new Progress()
  try {
    checkFlags(rawArgs, known)
    await work(progress)
  } catch (thrown) {
    const error = storageError(thrown) ?? thrown
    if (!(error instanceof CacheNetError)) throw error
    progress.say(`\n${error.message} [${error.code}]`)
    process.exitCode = error.code === 'aborted' ? 130 : 1
  }
}
