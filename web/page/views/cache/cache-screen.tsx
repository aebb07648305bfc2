import { useComputed } from '@preact/signals'
import type { VNode } from 'preact'
import { partitionRows, type PartitionRow } from '../../state/partition-rows.ts'
import { formatBytes } from '../format.ts'
import { usePage } from '../page-context.ts'
import { PartitionCard } from './partition-card.tsx'
import { Slider } from '../../components/slider.tsx'
import { StorageUsage } from './storage-usage.tsx'

/**
 * The partitions of the bundle: where each of them is, what it knows, what goes first, and how many may stay.
 */
export function CacheScreen(): VNode {
  const { app } = usePage()
  const { snapshot, downloads } = app.cacheView
  const rows = useComputed(() => {
    const manifest = app.bundle.opened.value?.manifest
    if (manifest === undefined) return []
    return partitionRows({
      manifest,
      snapshot: snapshot.value,
      residents: app.residents.value,
      downloads: downloads.value,
    })
  })
  const here = rows.value.filter(({ useOrder }) => useOrder !== null)
  // What is here comes first, each group in the order of the bundle: cards change places only when one comes
  // or goes.
  const ordered = [...here, ...rows.value.filter(({ useOrder }) => useOrder === null)]
  const hereBytes = here.reduce((sum, { bytes }) => sum + bytes, 0)
  const hasPartitions = rows.value.length > 0
  return (
    <section class="screen" aria-label="Specialists on this device">
      <div class="panel">
        <div class="panel-head">
          <h2>Specialists here</h2>
          <p class="muted" data-testid="cache-summary">
            {here.length} of {rows.value.length} · {formatBytes(hereBytes)}
          </p>
        </div>
        {hasPartitions && (
          <ul class="partitions">
            {ordered.map((row) => (
              <PartitionCard
                key={row.id}
                row={row}
                lastUseMs={app.lastUses.at(row.sha256)}
                onRemove={() => void app.removePartition(row.id)}
              />
            ))}
          </ul>
        )}
        {hasPartitions && here.length === 0 && app.gate.value.maxProbes === 0 && (
          <p class="muted" data-testid="none-wanted">
            Small networks for a few classes each. None is fetched now: for this stream the all-round network
            and the edge serve as well (see Insight).
          </p>
        )}
        {!hasPartitions && app.bundle.opened.value !== undefined && (
          <p class="muted">
            This bundle has no specialists: for what it knows, the all-round network alone serves as well.
          </p>
        )}
        <EvictionOrder inOrder={[...here].sort((a, b) => (b.useOrder ?? 0) - (a.useOrder ?? 0))} />
        <button
          type="button"
          class="quiet"
          data-testid="clear-cache"
          disabled={here.length === 0}
          onClick={() => void app.clearCache()}
        >
          Clear the cache
        </button>
      </div>
      <div class="panel">
        <h2>Budget</h2>
        <Budget count={rows.value.length} />
        <StorageUsage />
      </div>
    </section>
  )
}

/** Least recently used first: that is who goes when room is needed. */
function EvictionOrder({ inOrder }: { readonly inOrder: readonly PartitionRow[] }): VNode | null {
  if (inOrder.length < 2) return null
  return (
    <p class="eviction" data-testid="eviction-order">
      When room is needed they go in this order:{' '}
      {inOrder.map(({ id, name }, index) => (
        <span key={id}>
          {index > 0 && ' → '}
          <strong>{name}</strong>
        </span>
      ))}
    </p>
  )
}

function Budget({ count }: { readonly count: number }): VNode {
  const { app } = usePage()
  const { cachePartitions, cacheMegabytes } = app.settings.values.value
  return (
    <>
      <Slider
        label="Keep up to"
        unit={cachePartitions === 1 ? 'specialist' : 'specialists'}
        testId="budget"
        min={1}
        max={Math.max(count, cachePartitions, 1)}
        step={1}
        value={cachePartitions}
        onInput={(value) => app.changeSettings({ cachePartitions: value })}
      />
      <Slider
        label="and no more than"
        unit="MB"
        testId="budget-bytes"
        min={1}
        max={Math.max(64, cacheMegabytes)}
        step={1}
        value={cacheMegabytes}
        onInput={(value) => app.changeSettings({ cacheMegabytes: value })}
      />
    </>
  )
}
