import type { DeviceFullModel } from '../full-model/device-full-model.ts'
import type { InferenceHost } from '../engine/inference-host.ts'
import type { StoredPartitions } from '../partitions/stored-partitions.ts'
import type { Notices } from './notices.ts'
import type { Settings } from './settings-schema.ts'
import type { SettingsStore } from './settings.ts'
import { usableThreads } from './usable-threads.ts'

export interface ChangeSettingsDeps {
  readonly settings: SettingsStore
  readonly notices: Pick<Notices, 'dismiss'>
  readonly host: Pick<InferenceHost, 'setThreads'>
  readonly stored: Pick<StoredPartitions, 'limit'>
  /** Of the bundle that is open. */
  readonly fullModel: () => Pick<DeviceFullModel, 'follow'> | undefined
  readonly usable?: typeof usableThreads
}

/** Changes settings, and tells engine and cache where it is about them. */
export const createChangeSettings =
  ({ settings, notices, host, stored, fullModel, usable = usableThreads }: ChangeSettingsDeps) =>
  (changes: Partial<Settings>): void => {
    const before = settings.values.peek()
    settings.change(changes)
    const now = settings.values.peek()
    if (now.threads !== before.threads) {
      notices.dismiss('threads')
      void host.setThreads(usable(now.threads))
    }
    if (now.cachePartitions !== before.cachePartitions || now.cacheMegabytes !== before.cacheMegabytes)
      void stored.limit(now)
    if (now.fullModel !== before.fullModel) fullModel()?.follow(now.fullModel)
  }
