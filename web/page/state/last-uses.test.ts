import { describe, expect, it } from 'vitest'
import { createLastUses } from './last-uses.ts'

function memory() {
  let text: string | null = null
  let writes = 0
  return {
    getItem: () => text,
    setItem: (_: string, value: string) => {
      writes++
      text = value
    },
    get writes() {
      return writes
    },
  }
}

describe('when partitions last answered', () => {
  it('is remembered beyond the page, and not written with every frame', () => {
    const storage = memory()
    let now = 1000
    const uses = createLastUses(storage, () => now)
    for (let frame = 0; frame < 100; frame++) uses.note('a')
    expect(storage.writes).toBe(1)
    now = 9000
    uses.note('b')
    expect([uses.at('a'), uses.at('b'), uses.at('c')]).toEqual([1000, 9000, undefined])
    expect(createLastUses(storage).at('b')).toBe(9000)
  })

  it('does without storage, and with nonsense in it', () => {
    const refuse = (): never => {
      throw new Error('forbidden')
    }
    const uses = createLastUses({ getItem: refuse, setItem: refuse }, () => 5)
    uses.note('a')
    expect(uses.at('a')).toBe(5)
    expect(createLastUses({ getItem: () => '[1,"x"]', setItem: () => undefined }).at('1')).toBeUndefined()
  })
})
