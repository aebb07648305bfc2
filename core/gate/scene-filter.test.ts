import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SceneFilter, type SceneKnowledge } from './scene-filter.ts'

const classes = 6
const even = new Array<number>(classes).fill(1)
const knowledge: SceneKnowledge = {
  surpriseChance: 0.02,
  localities: [
    { kind: 'single', meanLength: 100 },
    { kind: 'places', meanLength: 100 },
    { kind: 'pairs', meanLength: 100 },
    { kind: 'iid', meanLength: 1 },
  ],
  places: [
    { name: 'harbour', weight: 100, shares: [0.5, 0.3, 0.2, 0, 0, 0] },
    { name: 'street', weight: 100, shares: [0, 0, 0, 0.5, 0.3, 0.2] },
  ],
}
const only = (index: number): number[] => even.map((_, at) => (at === index ? 0.95 : 0.01))
const mean = (factors: ArrayLike<number>): number =>
  Array.from(factors).reduce((sum, factor) => sum + factor, 0) / factors.length

function after(frames: readonly number[], known = knowledge): Float32Array {
  const filter = new SceneFilter(known, classes)
  for (const frame of frames) filter.see(only(frame), even)
  return filter.factors(even)
}

describe('SceneFilter', () => {
  it('expects everything alike before the first frame, where scenes are even over the classes', () => {
    for (const factor of after([], {
      ...knowledge,
      places: [],
      localities: [
        { kind: 'single', meanLength: 10 },
        { kind: 'pairs', meanLength: 10 },
      ],
    }))
      expect(factor).toBeCloseTo(1, 5)
  })

  it('knows a place again after a few of its classes, and expects the others of it that were not seen yet', () => {
    const [ship = 0, , , cat = 0] = after([0, 2, 1])
    expect(ship).toBeGreaterThan(4 * cat)
    const [, , unseen = 0, elsewhere = 0] = after([0, 1])
    expect(unseen).toBeGreaterThan(2 * elsewhere)
  })

  it('expects nothing but one class where it is all that comes', () => {
    const factors = after(new Array<number>(10).fill(4))
    expect(factors[4]).toBeGreaterThan(0.95 * classes)
    for (const other of [0, 1, 2, 3, 5]) expect(factors[other]).toBeGreaterThan(0)
  })

  it('expects everything alike where everything comes', () => {
    for (const factor of after(Array.from({ length: 120 }, (_, frame) => (frame * 7) % classes)))
      expect(factor).toBeGreaterThan(0.6)
  })

  it('follows a stream to another place', () => {
    const factors = after([...[0, 1, 2, 0, 0, 1, 0, 2, 1, 0], ...[3, 4, 3]])
    expect(factors[3]).toBeGreaterThan(4 * (factors[0] ?? 1))
  })

  it('goes by what was counted where the stream is of no known scene', () => {
    const filter = new SceneFilter(
      { ...knowledge, localities: [{ kind: 'single', meanLength: 100 }] },
      classes,
    )
    const counted = [2, 0.1, 2, 0.1, 1.7, 0.1]
    for (const frame of [0, 2, 4, 0, 2, 4, 0, 2, 4]) filter.see(only(frame), counted)
    expect([...filter.factors(counted)]).toEqual(counted.map((factor) => expect.closeTo(factor, 1) as number))
  })

  it('says what it takes the stream for', () => {
    const believed = (frames: readonly number[], open = even): unknown => {
      const filter = new SceneFilter(
        { ...knowledge, localities: [...knowledge.localities, { kind: 'places', meanLength: 10 }] },
        classes,
      )
      for (const frame of frames) filter.see(only(frame), open)
      return filter.believed()
    }
    expect(believed([0, 1, 2, 0])).toMatchObject({ kind: 'places', name: 'harbour', classes: [0, 1, 2] })
    expect(believed([4, 4, 4, 4])).toMatchObject({ kind: 'single', classes: [4] })
    expect(believed([1, 4, 1, 4, 4, 1])).toMatchObject({ kind: 'pairs', classes: [1, 4] })
    expect(believed([0, 4, 2, 0, 4, 2, 4, 0, 2, 4, 0, 2], [2, 0.1, 2, 0, 1.9, 0])).toMatchObject({
      kind: 'open',
      classes: [],
    })
  })

  it('expects everything alike where it knows no scene, and counts', () => {
    expect([
      ...after([1, 1, 2], { ...knowledge, localities: [{ kind: 'places', meanLength: 10 }], places: [] }),
    ]).toEqual(even)
  })

  it('has factors with a mean of 1 that are above 0, whatever is seen', () => {
    const shares = fc
      .array(fc.integer({ min: 0, max: 100 }), { minLength: classes, maxLength: classes })
      .filter((counts) => counts.some((count) => count > 0))
    fc.assert(
      fc.property(fc.array(shares, { maxLength: 30 }), (frames) => {
        const filter = new SceneFilter(knowledge, classes)
        for (const counts of frames)
          filter.see(
            counts.map((count) => count / counts.reduce((sum, value) => sum + value, 0)),
            even,
          )
        const factors = filter.factors(even)
        expect(mean(factors)).toBeCloseTo(1, 5)
        for (const factor of factors) expect(factor).toBeGreaterThan(0)
      }),
    )
  })
})
