import { describe, expect, it } from 'vitest'
import { createNotices } from '../state/notices.ts'
import type { CacheClientEvent } from './cache-client.ts'
import { createCacheListener } from './cache-listener.ts'

function listen() {
  const notices = createNotices()
  const told: string[] = []
  const hear = createCacheListener({
    notices,
    onEvicted: (sha256) => void told.push(sha256),
    onPersistent: () => void told.push('persistent'),
  })
  return { hear, told, about: () => notices.list.value.map(({ about }) => about) }
}

const stored = (storedBytes: number): CacheClientEvent => ({
  kind: 'changed',
  snapshot: {
    budget: { entries: 8, bytes: 1e6 },
    storedBytes,
    entries: [],
    bundleIds: [],
    isPersistent: true,
  },
})

describe('createCacheListener', () => {
  it('says which blob is stored no longer, and that the cache outlives the page', () => {
    const { hear, told } = listen()
    hear({ kind: 'evicted', sha256: 'aa' })
    hear({ kind: 'persistence', isPersistent: false })
    hear({ kind: 'persistence', isPersistent: true })
    expect(told).toEqual(['aa', 'persistent'])
  })

  it('tells of trouble with the storage until more is stored than before', () => {
    const { hear, about } = listen()
    hear(stored(100))
    hear({ kind: 'notice', code: 'cache-quota-exceeded' })
    hear(stored(100))
    hear(stored(50))
    expect(about()).toEqual(['storage'])
    hear(stored(60))
    expect(about()).toEqual([])
  })

  it('does not take the first that it hears of the storage for a growth', () => {
    const { hear, about } = listen()
    hear({ kind: 'notice', code: 'cache-unavailable' })
    hear(stored(100))
    expect(about()).toEqual(['storage'])
  })
})
