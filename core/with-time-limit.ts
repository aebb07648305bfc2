import type { CacheNetError } from './wire/errors.ts'

/**
 * Waits for `promise`, but not for ever: after `limitMs` milliseconds rejects with what `onLimit` makes.
 * The work itself goes on; stopping it, where that is possible, is for `onLimit`.
 */
export async function withTimeLimit<Value>(
  promise: Promise<Value>,
  limitMs: number,
  onLimit: () => CacheNetError,
): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(onLimit()), limitMs)
      }),
    ])
  } finally {
    clearTimeout(timer)
  }
}
