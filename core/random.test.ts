import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, restoreRandom } from './random.ts'

const draw = (random: { next(): number }, n = 8): number[] => Array.from({ length: n }, () => random.next())
const seeds = fc.oneof(fc.integer(), fc.string())

const moments = (n: number, sample: () => number): { mean: number; variance: number } => {
  const values = Array.from({ length: n }, sample)
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n }
}

describe('createRandom', () => {
  it('gives the same numbers for the same seed, and others for another', () => {
    fc.assert(
      fc.property(seeds, seeds, (a, b) => {
        expect(draw(createRandom(a))).toEqual(draw(createRandom(a)))
        fc.pre(a !== b)
        expect(draw(createRandom(a))).not.toEqual(draw(createRandom(b)))
      }),
    )
  })

  it('keeps the numbers of a seed from one release to the next', () => {
    const random = createRandom(1)
    expect([random.integer(1000), random.integer(1000), random.integer(1000)]).toMatchInlineSnapshot(`
      [
        297,
        681,
        890,
      ]
    `)
  })

  it('tells the seed 1 from the seed "1"', () => {
    expect(draw(createRandom(1))).not.toEqual(draw(createRandom('1')))
  })

  it('does not start neighbouring seeds alike', () => {
    const firsts = moments(
      4000,
      (
        (seed) => () =>
          createRandom(seed++).next()
      )(0),
    )
    expect(firsts.mean).toBeCloseTo(0.5, 1)
    expect(firsts.variance).toBeCloseTo(1 / 12, 2)
  })
})

describe('the distributions', () => {
  it('next is uniform in [0, 1)', () => {
    const random = createRandom('uniform')
    const { mean, variance } = moments(20_000, () => random.next())
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.01)
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.003)
    expect(draw(random, 1000).every((value) => value >= 0 && value < 1)).toBe(true)
  })

  it('normal has mean 0 and variance 1', () => {
    const random = createRandom('normal')
    const { mean, variance } = moments(20_000, () => random.normal())
    expect(Math.abs(mean)).toBeLessThan(0.03)
    expect(Math.abs(variance - 1)).toBeLessThan(0.05)
  })

  it('integer reaches every value of [0, n) and nothing else', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 8 }), (seed, n) => {
        const random = createRandom(seed)
        const seen = new Set(Array.from({ length: 200 }, () => random.integer(n)))
        expect([...seen].sort()).toEqual(Array.from({ length: n }, (_, i) => i))
      }),
    )
  })

  it.each([1, 2, 10, 100])('geometric has mean %d and is at least 1', (meanLength) => {
    const random = createRandom(`geometric ${meanLength}`)
    let least = Infinity
    const { mean } = moments(20_000, () => {
      const length = random.geometric(meanLength)
      least = Math.min(least, length)
      return length
    })
    expect(least).toBe(1)
    expect(Math.abs(mean / meanLength - 1)).toBeLessThan(0.03)
  })

  it('refuses what has no answer', () => {
    const random = createRandom(0)
    expect(() => random.integer(0)).toThrow(RangeError)
    expect(() => random.integer(1.5)).toThrow(RangeError)
    expect(() => random.pick([])).toThrow(RangeError)
    expect(() => random.geometric(0.5)).toThrow(RangeError)
    expect(() => random.geometric(NaN)).toThrow(RangeError)
  })
})

describe('shuffle', () => {
  it('permutes in place and returns the array', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.integer()), (seed, values) => {
        const array = [...values]
        expect(createRandom(seed).shuffle(array)).toBe(array)
        expect([...array].sort()).toEqual([...values].sort())
      }),
    )
  })

  it('takes typed arrays too', () => {
    const order = createRandom(3).shuffle(Uint32Array.from({ length: 50 }, (_, i) => i))
    expect([...order]).not.toEqual([...order].sort((a, b) => a - b))
    expect(new Set(order).size).toBe(50)
  })

  it('makes each of the six orders of three equally often', () => {
    const random = createRandom('orders')
    const counts = new Map<string, number>()
    for (let i = 0; i < 6000; i++) {
      const order = random.shuffle([0, 1, 2]).join()
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150)
  })
})

describe('state and fork', () => {
  it('goes on bit for bit from a state that went through JSON', () => {
    fc.assert(
      fc.property(seeds, fc.nat(50), (seed, drawn) => {
        const random = createRandom(seed)
        for (let i = 0; i < drawn; i++) random.normal()
        const restored = restoreRandom(JSON.parse(JSON.stringify(random.state())) as number[])
        expect(draw(restored)).toEqual(draw(random))
        expect(draw(restored.fork('later'))).toEqual(draw(random.fork('later')))
      }),
    )
  })

  it('refuses a state that is not one', () => {
    expect(() => restoreRandom([1, 2, 3])).toThrow(RangeError)
    expect(() => restoreRandom([1, 2, 3, 4, 5, 6, 7, 0.5])).toThrow(RangeError)
    expect(() => restoreRandom([1, 2, 3, 4, 0, 0, 0, 0])).toThrow(RangeError)
  })

  it('forks from the seed, whatever was drawn before', () => {
    fc.assert(
      fc.property(seeds, fc.string(), fc.nat(20), (seed, label, drawn) => {
        const random = createRandom(seed)
        const fresh = draw(random.fork(label))
        draw(random, drawn)
        expect(draw(random.fork(label))).toEqual(fresh)
      }),
    )
  })

  it('gives other labels, and nested forks, other streams', () => {
    const random = createRandom('root')
    const streams = [
      random,
      random.fork('a'),
      random.fork('b'),
      random.fork('a').fork('b'),
      random.fork('b').fork('a'),
      random.fork('ab'),
    ]
    expect(new Set(streams.map((stream) => draw(stream).join())).size).toBe(streams.length)
  })
})
