import { describe, expect, it } from 'vitest'
import type { CacheEvent, CacheSnapshot } from '../messages/cache.ts'
import { parseWireMessage } from '../messages/rpc.ts'
import { createPageBroadcast } from './page-broadcast.ts'

const snapshot: CacheSnapshot = {
  budget: { entries: 4, bytes: 100 },
  storedBytes: 0,
  entries: [],
  bundleIds: [],
  isPersistent: true,
}

function create(pages = 1) {
  const heard: CacheEvent[] = []
  let nowMs = 0
  let snapshots = 0
  const page = {
    postMessage(message: unknown) {
      const parsed = parseWireMessage(message)
      if (parsed?.rpc === 'event') heard.push(parsed.event as CacheEvent)
    },
  }
  const clients = {
    matchAll: () => Promise.resolve(Array.from({ length: pages }, () => page)),
  } as unknown as Pick<Clients, 'matchAll'>
  const takeSnapshot = (): Promise<CacheSnapshot> => {
    snapshots++
    return snapshots === 3 ? Promise.reject(new Error('no')) : Promise.resolve(snapshot)
  }
  return {
    broadcast: createPageBroadcast(clients, takeSnapshot, () => nowMs),
    heard,
    counts: () => snapshots,
    wait: (ms: number) => (nowMs += ms),
  }
}

describe('what is told to the pages', () => {
  it('reaches each of them, in order', async () => {
    const { broadcast, heard } = create(2)
    broadcast.send({ kind: 'evicted', sha256: 'a' })
    broadcast.send({ kind: 'notice', code: 'cache-unavailable' })
    await broadcast.settled()
    expect(heard.map(({ kind }) => kind)).toEqual(['evicted', 'evicted', 'notice', 'notice'])
  })

  it('thins out progress, blob by blob, and never leaves out the last', async () => {
    const { broadcast, heard, wait } = create()
    for (let received = 10; received <= 100; received += 10) {
      broadcast.sendProgress('a', received, 100)
      if (received === 50) broadcast.sendProgress('b', 1, 100)
      wait(40)
    }
    await broadcast.settled()
    const of = (sha256: string): number[] =>
      heard.flatMap((event) =>
        event.kind === 'progress' && event.sha256 === sha256 ? [event.receivedBytes] : [],
      )
    expect(of('a')).toEqual([10, 40, 70, 100])
    expect(of('b')).toEqual([1])
  })

  it('tells the contents once for many changes at once, and goes on where they could not be read', async () => {
    const { broadcast, heard, counts } = create()
    for (let change = 0; change < 5; change++) broadcast.sendSnapshot()
    await broadcast.settled()
    expect(counts()).toBe(1)
    for (let change = 0; change < 3; change++) {
      broadcast.sendSnapshot()
      await broadcast.settled()
    }
    expect(counts()).toBe(4)
    expect(heard).toHaveLength(3)
  })
})
