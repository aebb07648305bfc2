import { describe, expect, it } from 'vitest'
import { createWalker, type Walker } from './body.ts'
import { families, hairColors, skinTones } from './families.ts'
import { walkerNames } from './names.ts'
import { walkerCount } from './sequence.ts'

const everybody = Array.from({ length: walkerCount }, (_, identity) => createWalker(identity))
const measures = ({ body, gait }: Walker): string => JSON.stringify([body, gait])

describe('createWalker', () => {
  it('is always the same person, and nobody twice', () => {
    expect(everybody).toEqual(everybody.map(({ identity }) => createWalker(identity)))
    expect(new Set(everybody.map((walker) => measures(walker))).size).toBe(walkerCount)
    expect(everybody.map(({ name }) => name)).toEqual(walkerNames(walkerCount))
    expect(new Set(walkerNames(100)).size).toBe(100)
  })

  it('makes people, not stools: proportions are human', () => {
    for (const { body, gait } of everybody) {
      expect(body.height).toBeGreaterThan(1.5)
      expect(body.height).toBeLessThan(1.95)
      expect(body.legLength / body.height).toBeGreaterThan(0.44)
      expect(body.legLength + body.headHeight + body.neckLength).toBeLessThan(0.8 * body.height)
      expect(gait.cadence * gait.step).toBeGreaterThan(0.7)
      expect(gait.cadence * gait.step).toBeLessThan(1.9)
    }
  })

  it('gives four look-alikes of a family the same colours and hair, and clearly different measures', () => {
    for (let family = 0; family < families.length; family++) {
      const members = everybody.filter((walker) => walker.family === family)
      expect(members).toHaveLength(4)
      expect(new Set(members.map(({ skin, hair }) => [skin, hair.color, hair.shape].join())).size).toBe(1)
      const heights = members.map(({ body }) => body.height).sort((a, b) => a - b)
      heights.slice(1).forEach((height, i) => expect(height - (heights[i] ?? 0)).toBeGreaterThan(0.03))
    }
  })

  it('leaves nobody a colour of their own', () => {
    for (const { skin, hair } of everybody) {
      expect(skinTones).toContainEqual(skin)
      expect(hairColors).toContainEqual(hair.color)
    }
    expect(new Set(families.map(({ skin }) => skin)).size).toBeLessThan(families.length)
    expect(new Set(families.map(({ hairColor }) => hairColor)).size).toBeLessThan(families.length)
  })

  it('knows people beyond the data set, but none before the first', () => {
    expect(createWalker(1000).name).toBe('Walker 1001')
    expect(() => createWalker(-1)).toThrow(RangeError)
    expect(() => createWalker(0.5)).toThrow(RangeError)
  })
})
