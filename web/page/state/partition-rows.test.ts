import { describe, expect, it } from 'vitest'
import type { CacheSnapshot } from '../../messages/cache.ts'
import { createSampleBundle } from '../../../core/testing/sample-bundle.ts'
import { partitionRows } from './partition-rows.ts'

const { manifest } = await createSampleBundle()
const shaOf = (id: string): string =>
  manifest.partitions.find((partition) => partition.id === id)?.whole.sha256 ?? ''

/** Stored partitions, most recently used first, as the cache tells it. */
function snapshot(ids: readonly string[], entries = 3, pinned: readonly string[] = []): CacheSnapshot {
  const partitions = ids.map((id, index) => ({
    sha256: shaOf(id),
    bytes: 100,
    role: 'partition' as const,
    isPinned: pinned.includes(id),
    lastUse: 100 - index,
    namedBy: [{ bundleId: 'sample', id }],
  }))
  const generalist = {
    sha256: manifest.generalist.whole.sha256,
    bytes: 100,
    role: 'generalist' as const,
    isPinned: false,
    lastUse: 0,
    namedBy: [],
  }
  return {
    budget: { entries, bytes: 1e6 },
    storedBytes: 100,
    entries: [...partitions, generalist],
    bundleIds: ['sample'],
    isPersistent: true,
  }
}

const whole = (id: string) => ({ id, form: 'whole' as const })
const none = new Map<string, number>()
const states = (rows: ReturnType<typeof partitionRows>): string =>
  rows.map(({ id, state }) => `${id} ${state}`).join(', ')

describe('partitionRows', () => {
  it('says of each partition where it is, in the order of the bundle', () => {
    const rows = partitionRows({
      manifest,
      snapshot: snapshot(['p3', 'p1']),
      residents: [whole('p1')],
      downloads: new Map([[shaOf('p0'), 0.25]]),
    })
    expect(states(rows)).toBe('p0 downloading, p1 memory, p2 absent, p3 stored')
    expect(rows.map(({ progress }) => progress)).toEqual([0.25, null, null, null])
    expect(rows[1]?.classNames).toEqual(['bee'])
  })

  it('takes the order of use from memory, then from storage', () => {
    const rows = partitionRows({
      manifest,
      snapshot: snapshot(['p3', 'p1', 'p0']),
      residents: [whole('p0'), whole('p3')],
      downloads: none,
    })
    expect(rows.map(({ useOrder }) => useOrder)).toEqual([1, 3, null, 2])
    expect(rows.map(({ isFirst }) => isFirst)).toEqual([true, false, false, false])
  })

  it('marks who goes next once the cache is full: the least recently used that is not pinned', () => {
    const next = (input: CacheSnapshot): string[] =>
      partitionRows({ manifest, snapshot: input, residents: [], downloads: none })
        .filter(({ isNextToGo }) => isNextToGo)
        .map(({ id }) => id)
    expect(next(snapshot(['p3', 'p1']))).toEqual([])
    expect(next(snapshot(['p3', 'p1', 'p0']))).toEqual(['p0'])
    expect(next(snapshot(['p3', 'p1', 'p0'], 3, ['p0']))).toEqual(['p1'])
    expect(next(snapshot(['p3'], 1, ['p3']))).toEqual([])
  })

  it('counts what has come of a partition: its delta, as long as the whole is not stored', async () => {
    const { manifest: withDeltas } = await createSampleBundle({ hasDeltas: true })
    const [, p1, p2] = withDeltas.partitions
    const stored = {
      ...snapshot([]),
      entries: [
        {
          sha256: p2?.whole.sha256 ?? '',
          bytes: 100,
          role: 'partition' as const,
          isPinned: false,
          lastUse: 1,
          namedBy: [{ bundleId: 'sample', id: 'p2' }],
        },
      ],
    }
    const rows = partitionRows({
      manifest: withDeltas,
      snapshot: stored,
      residents: [
        { id: 'p1', form: 'delta' },
        { id: 'p2', form: 'delta' },
      ],
      downloads: none,
    })
    expect(rows.map(({ isDelta }) => isDelta)).toEqual([false, true, true, false])
    expect(rows[1]?.bytes).toBe(p1?.delta?.bytes)
    expect(rows[2]?.bytes).toBe(p2?.whole.bytes)
  })

  it('knows what is in memory before it has heard from the cache', () => {
    expect(
      states(partitionRows({ manifest, snapshot: undefined, residents: [whole('p2')], downloads: none })),
    ).toBe('p0 absent, p1 absent, p2 memory, p3 absent')
  })
})
