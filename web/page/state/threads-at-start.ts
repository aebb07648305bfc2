import { settingsKey } from './settings-key.ts'
import { usableThreads } from './usable-threads.ts'

/**
 * How many threads the first worker is to have, before the settings' schema is there: a guess that costs a
 * worker where it is wrong, and is right wherever the settings are.
 */
export function threadsAtStart(storage: Pick<Storage, 'getItem'>, parameters: URLSearchParams): number {
  const wanted = Number(parameters.get('threads') ?? stored(storage) ?? 1)
  return Number.isInteger(wanted) && wanted > 1 ? usableThreads(wanted) : 1
}

function stored(storage: Pick<Storage, 'getItem'>): unknown {
  try {
    const settings: unknown = JSON.parse(storage.getItem(settingsKey) ?? '{}')
    return typeof settings === 'object' && settings !== null && 'threads' in settings
      ? settings.threads
      : undefined
  } catch {
    return undefined
  }
}
