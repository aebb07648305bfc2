import { CacheNetError } from '../../core/wire/errors.ts'
import type { RunStart } from './run-folder.ts'

/**
 * How a run begins, by the flags that say so. Throws `config-invalid` where both are there: each excludes the
 * other.
 */
export function runStart({ resume, anew }: { readonly resume: boolean; readonly anew: boolean }): RunStart {
  if (resume && anew)
    throw new CacheNetError(
      'config-invalid',
      '--resume goes on with a run and --anew throws it away. Choose one.',
      {},
    )
  return resume ? 'resume' : anew ? 'anew' : 'new'
}
