import type { Manifest } from '../../../core/bundle/manifest.ts'
import type { HeldPartition } from '../../../core/wire/frames.ts'
import type { CacheSnapshot } from '../../messages/cache.ts'

/** Where a partition is: `memory`, ready to answer; `stored` on the device; on its way; or not here. */
export type PartitionState = 'memory' | 'stored' | 'downloading' | 'absent'

/** A partition as the cache panel shows it. */
export interface PartitionRow {
  readonly id: string
  /** What a person calls it. */
  readonly name: string
  readonly sha256: string
  readonly classNames: readonly string[]
  /**
   * What of it is on this device: its delta where only that has come; else, and where nothing has, its whole
   * weights.
   */
  readonly bytes: number
  readonly state: PartitionState
  readonly isStored: boolean
  /** It answers with its delta, until its whole weights are there. */
  readonly isDelta: boolean
  /** 1 is the most recently used of those here; null for one that is not. */
  readonly useOrder: number | null
  /** The next one to go when room is needed. */
  readonly isNextToGo: boolean
  /** It answered the last frame, or will be asked first for the next. */
  readonly isFirst: boolean
  /** Share of the download that has arrived. */
  readonly progress: number | null
}

export interface PartitionRowsInput {
  readonly manifest: Pick<Manifest, 'partitions' | 'classNames'>
  readonly snapshot: CacheSnapshot | undefined
  /** In memory, most recent first. */
  readonly residents: readonly HeldPartition[]
  /** Share that has arrived, by hash. */
  readonly downloads: ReadonlyMap<string, number>
}

/** The partitions of a bundle in the bundle's own order, which never changes, so that nothing jumps about. */
export function partitionRows({
  manifest,
  snapshot,
  residents: held,
  downloads,
}: PartitionRowsInput): PartitionRow[] {
  const residents = held.map(({ id }) => id)
  const stored = (snapshot?.entries ?? []).filter(({ role }) => role !== 'generalist')
  const isFull = snapshot !== undefined && stored.length >= snapshot.budget.entries
  const nextToGo = isFull ? [...stored].reverse().find(({ isPinned }) => !isPinned)?.sha256 : undefined
  // Memory first: it follows every answer, where the cache hears of them once a second.
  const storedIds = stored.map(
    ({ sha256 }) => manifest.partitions.find(({ whole }) => whole.sha256 === sha256)?.id,
  )
  const byUse = [...new Set([...residents, ...storedIds])].filter((id) => id !== undefined)

  return manifest.partitions.map(({ id, name = id, whole, delta, classIndices }) => {
    const isStored = stored.some(({ sha256 }) => sha256 === whole.sha256)
    const isResident = residents.includes(id)
    const isDelta = held.some((partition) => partition.id === id && partition.form === 'delta')
    const progress = downloads.get(whole.sha256)
    const order = byUse.indexOf(id)
    return {
      id,
      name,
      sha256: whole.sha256,
      classNames: classIndices.map((index) => manifest.classNames[index] ?? `class ${index}`),
      bytes: isDelta && !isStored && delta !== undefined ? delta.bytes : whole.bytes,
      state: isResident ? 'memory' : isStored ? 'stored' : progress !== undefined ? 'downloading' : 'absent',
      isStored,
      isDelta,
      useOrder: order === -1 ? null : order + 1,
      isNextToGo: whole.sha256 === nextToGo,
      isFirst: residents[0] === id,
      progress: progress ?? null,
    }
  })
}
