import { computed, signal, type ReadonlySignal } from '@preact/signals'
import { settingsKey } from './settings-key.ts'
import { parseStoredSettings, parseUrlSettings, type Settings } from './settings-schema.ts'

export interface SettingsStore {
  readonly values: ReadonlySignal<Settings>
  /** Changes settings and remembers them. What the page's address had set for them no longer holds. */
  change(changes: Partial<Settings>): void
}

/**
 * Settings that outlive the page. Those in the page's address go before those remembered, and are not
 * remembered.
 */
export function createSettings(
  storage: Pick<Storage, 'getItem' | 'setItem'>,
  parameters: URLSearchParams,
): SettingsStore {
  const stored = signal(parseStoredSettings(read(storage)))
  const overrides = signal(parseUrlSettings(parameters))
  return {
    values: computed(() => ({ ...stored.value, ...overrides.value })),
    change(changes) {
      stored.value = { ...stored.value, ...changes }
      overrides.value = Object.fromEntries(
        Object.entries(overrides.value).filter(([name]) => !(name in changes)),
      )
      try {
        storage.setItem(settingsKey, JSON.stringify(stored.value))
      } catch {
        // Storage is full or forbidden: the settings hold for as long as the page is open.
      }
    },
  }
}

function read(storage: Pick<Storage, 'getItem'>): string | null {
  try {
    return storage.getItem(settingsKey)
  } catch {
    return null
  }
}
