import { describe, expect, it } from 'vitest'
import { createChangeSettings } from './change-settings.ts'
import { createSettings } from './settings.ts'

function create() {
  const done: string[] = []
  const settings = createSettings({ getItem: () => null, setItem: () => undefined }, new URLSearchParams())
  const change = createChangeSettings({
    settings,
    notices: { dismiss: (about) => void done.push(`dismiss ${about}`) },
    host: {
      setThreads(threads) {
        done.push(`threads ${threads}`)
        return Promise.resolve()
      },
    },
    stored: {
      limit({ cachePartitions, cacheMegabytes }) {
        done.push(`limit ${cachePartitions} ${cacheMegabytes}`)
        return Promise.resolve()
      },
    },
    fullModel: () => ({ follow: (wanted) => void done.push(`full model ${wanted}`) }),
    usable: (wanted) => Math.min(wanted, 2),
  })
  return { change, done, values: () => settings.values.value }
}

describe('createChangeSettings', () => {
  it('tells neither engine nor cache of what is not theirs, or stays as it is', () => {
    const { change, done, values } = create()
    const { threads, cachePartitions, cacheMegabytes } = values()
    change({ isSmoothing: !values().isSmoothing, threads, cachePartitions, cacheMegabytes })
    expect(done).toEqual([])
  })

  it('tells the full model whether it is wanted here', () => {
    const { change, done } = create()
    change({ fullModel: 'always' })
    expect(done).toEqual(['full model always'])
  })

  it('tells the engine how many threads are wanted, as far as they can be had here', () => {
    const { change, done, values } = create()
    change({ threads: 4 })
    expect(values().threads).toBe(4)
    expect(done).toEqual(['dismiss threads', 'threads 2'])
  })

  it('tells the cache how much it may store', () => {
    const { change, done, values } = create()
    const { cacheMegabytes } = values()
    change({ cachePartitions: 3 })
    change({ cacheMegabytes: 7 })
    expect(done).toEqual([`limit 3 ${cacheMegabytes}`, 'limit 3 7'])
  })
})
