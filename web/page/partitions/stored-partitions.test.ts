import { signal } from '@preact/signals'
import { describe, expect, it } from 'vitest'
import { createSampleBundle } from '../../../core/testing/sample-bundle.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import { createNotices } from '../state/notices.ts'
import { createStoredPartitions } from './stored-partitions.ts'

const { manifest } = await createSampleBundle({ partitions: 3, hasDeltas: true })
const [p0, p1] = manifest.partitions

/** What is done to cache, memory and the bundle's partitions, in order. */
function stored({ inMemory = ['p0', 'p1'], failing = false, isOpen = true } = {}) {
  const done: string[] = []
  const note = (what: string): Promise<void> => {
    if (failing) return Promise.reject(new CacheNetError('cache-unavailable', 'No storage.'))
    done.push(what)
    return Promise.resolve()
  }
  const notices = createNotices()
  const residents = signal<readonly string[]>(inMemory)
  const partitions = createStoredPartitions({
    connecting: Promise.resolve({
      remove: (_signal, sha256) => note(`remove ${sha256}`),
      clear: () => note('clear'),
      setBudget: (_signal, { entries, bytes }) => note(`budget ${entries} ${bytes}`),
    }),
    opened: signal(
      isOpen
        ? { manifest, partitions: { forget: (id: string) => void done.push(`forget ${id}`) } }
        : undefined,
    ),
    host: {
      residents,
      unload: (_signal, id) => note(`unload ${id}`),
      setRoom: (_signal, most) => note(`room ${most}`),
    },
    notices,
  })
  return { partitions, done, notices, told: () => notices.list.value.map(({ about, code }) => [about, code]) }
}

describe('createStoredPartitions', () => {
  it('deletes a partition with its delta, and takes it out of memory', async () => {
    const { partitions, done } = stored()
    await partitions.remove('p1')
    expect(done).toEqual([
      `remove ${p1?.whole.sha256}`,
      `remove ${p1?.delta?.sha256}`,
      'forget p1',
      'unload p1',
    ])
  })

  it('takes out of memory what was evicted, and only what is there', async () => {
    const { partitions, done } = stored({ inMemory: ['p0'] })
    await partitions.leaveMemory(p1?.whole.sha256 ?? '')
    await partitions.leaveMemory(manifest.generalist.whole.sha256)
    expect(done).toEqual([])
    await partitions.leaveMemory(p0?.whole.sha256 ?? '')
    expect(done).toEqual(['unload p0'])
  })

  it('clears storage, deltas and memory', async () => {
    const { partitions, done } = stored()
    await partitions.clear()
    expect(done[0]).toBe('clear')
    for (const { id, delta } of manifest.partitions)
      expect(done).toEqual(expect.arrayContaining([`remove ${delta?.sha256}`, `forget ${id}`]))
    expect(done.slice(-2)).toEqual(['unload p0', 'unload p1'])
  })

  it('limits storage, in bytes, and memory', async () => {
    const { partitions, done } = stored()
    await partitions.limit({ cachePartitions: 5, cacheMegabytes: 1.5 })
    expect(done).toEqual(['budget 5 1500000', 'room 5'])
  })

  it('tells what went wrong, until something goes well', async () => {
    const failed = stored({ failing: true })
    await failed.partitions.clear()
    expect(failed.told()).toEqual([['cache', 'cache-unavailable']])
    const unknown = stored({ isOpen: false })
    await unknown.partitions.remove('p0')
    expect(unknown.told()).toEqual([['cache', 'blob-missing']])
    await unknown.partitions.clear()
    expect(unknown.told()).toEqual([])
  })
})
