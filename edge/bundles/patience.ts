import { CacheNetError } from '../../core/wire/errors.ts'

/** Waits for the file system, and not for ever. */
export interface Patience {
  /**
   * What `work` gives. Throws `bundle-unreadable` where that takes too long; asked again under the same name,
   * it throws at once while the first is still hanging: each one holds a thread of the few that all files
   * share.
   */
  wait<Result>(name: string, work: () => Promise<Result>): Promise<Result>
}

export function createPatience(limitMs: number): Patience {
  const hanging = new Set<string>()
  return {
    async wait(name, work) {
      const tooLong = (): CacheNetError =>
        new CacheNetError(
          'bundle-unreadable',
          'Its files do not answer. Look at the drive that they are on; they are read again once they do.',
          { limitMs },
        )
      if (hanging.has(name)) throw tooLong()
      hanging.add(name)
      const working = work().finally(() => hanging.delete(name))
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(tooLong()), limitMs)
      })
      try {
        return await Promise.race([working, late])
      } finally {
        clearTimeout(timer)
      }
    },
  }
}
