import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { requestPersistence, storageEstimate, type StorageFacts } from '../../partitions/storage-facts.ts'
import { Icon } from '../../components/icon.tsx'
import { formatBytes, formatShare } from '../format.ts'
import { usePage } from '../page-context.ts'

/** What the app takes of what the browser allows it, and whether the browser has promised to keep it. */
export function StorageUsage(): VNode | null {
  const { app } = usePage()
  const facts = useSignal<StorageFacts | undefined>(undefined)
  const refresh = async (): Promise<void> => void (facts.value = await storageEstimate())
  // Whenever the cache tells of a change, there is another estimate.
  const { value: snapshot } = app.cacheView.snapshot
  useEffect(() => void refresh(), [snapshot])
  if (facts.value === undefined) return null
  const { usedBytes, quotaBytes, isProtected } = facts.value
  return (
    <div class="usage">
      <div
        class="usage-bar"
        role="meter"
        aria-label="Storage that this app takes"
        aria-valuemin={0}
        aria-valuemax={quotaBytes}
        aria-valuenow={Math.min(usedBytes, quotaBytes)}
        aria-valuetext={`${formatBytes(usedBytes)} of ${formatBytes(quotaBytes)}`}
      >
        <div style={{ width: `${quotaBytes === 0 ? 0 : Math.min(100, (usedBytes / quotaBytes) * 100)}%` }} />
      </div>
      <p class="muted" data-testid="quota">
        The whole app takes {formatBytes(usedBytes)} of the {formatBytes(quotaBytes)} that this browser allows
        ({formatShare(quotaBytes === 0 ? 0 : usedBytes / quotaBytes, 1)}).
      </p>
      {isProtected ? (
        <p class="usage-kept" data-testid="storage-kept">
          <Icon name="shield" /> The browser keeps it when the device runs short.
        </p>
      ) : (
        <button
          type="button"
          class="quiet"
          data-testid="keep-storage"
          onClick={() => void requestPersistence().then(refresh)}
        >
          <Icon name="shield" /> Keep it when the device runs short
        </button>
      )}
    </div>
  )
}
