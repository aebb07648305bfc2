import { useComputed } from '@preact/signals'
import type { VNode } from 'preact'
import { partitionRows } from '../state/partition-rows.ts'
import { formatBytes } from './format.ts'
import { usePage } from './page-context.ts'
import { PartitionCard } from './partition-card.tsx'

/** The partitions of the bundle: where each of them is, what it knows, and how many may stay. */
export function CachePanel(): VNode {
  const { app } = usePage()
  const { snapshot, downloads } = app.cacheView
  const rows = useComputed(() => {
    const manifest = app.bundle.opened.value?.manifest
    if (manifest === undefined) return []
    return partitionRows({ manifest, snapshot: snapshot.value, residents: app.residents.value, downloads: downloads.value })
  })
  const here = rows.value.filter(({ useOrder }) => useOrder !== null)
  const hereBytes = here.reduce((sum, { bytes }) => sum + bytes, 0)
  const { cachePartitions } = app.settings.values.value
  const most = Math.max(rows.value.length, cachePartitions, 1)
  return (
    <section class="panel cache" aria-label="Partition cache">
      <div class="panel-head">
        <h2>Partitions here</h2>
        <p class="muted" data-testid="cache-summary">
          {here.length} of {rows.value.length} · {formatBytes(hereBytes)}
        </p>
      </div>
      <label class="slider">
        <span>
          Keep up to <output data-testid="budget-value">{cachePartitions}</output>
        </span>
        <input
          type="range"
          data-testid="budget"
          min={1}
          max={most}
          value={cachePartitions}
          aria-label="Partitions to keep"
          onInput={({ currentTarget }) => app.changeSettings({ cachePartitions: currentTarget.valueAsNumber })}
        />
      </label>
      <ul class="partitions">
        {rows.value.map((row) => (
          <PartitionCard key={row.id} row={row} onRemove={() => void app.removePartition(row.id)} />
        ))}
      </ul>
      <button type="button" class="quiet" data-testid="clear-cache" disabled={here.length === 0} onClick={() => void app.clearCache()}>
        Clear the cache
      </button>
    </section>
  )
}
