import { describe, expect, it } from 'vitest'
import { applyFactors, classFactors, createScene, seeFrame, type Scene } from './scene-prior.ts'

const prior = { memoryFrames: 10, surpriseChance: 0.1 }
const only = (index: number, classes = 4): number[] =>
  Array.from({ length: classes }, (_, at) => Number(at === index))
const after = (frames: number, index: number, from: Scene = createScene(4)): Scene =>
  Array.from({ length: frames }).reduce<Scene>((scene) => seeFrame(scene, only(index), prior), from)

describe('the scene prior', () => {
  it('changes nothing before the first frame', () => {
    expect([...classFactors(createScene(4), prior)]).toEqual(
      [1, 1, 1, 1].map((one) => expect.closeTo(one, 6) as number),
    )
  })

  it('favours what was seen, in proportion and with a mean of 1', () => {
    const factors = classFactors(after(5, 2), prior)
    const [seen = 0, ...unseen] = [factors[2], factors[0], factors[1], factors[3]]
    expect(seen).toBeGreaterThan(3)
    for (const factor of unseen) expect(factor).toBeLessThan(0.3)
    expect(factors.reduce((sum, factor) => sum + factor, 0) / 4).toBeCloseTo(1, 5)
  })

  it('leaves every class the chance of a surprise, however long a scene lasts', () => {
    const factors = classFactors(after(10_000, 2), prior)
    for (const unseen of [factors[0], factors[1], factors[3]])
      expect(unseen).toBeGreaterThanOrEqual(prior.surpriseChance)
    // A network that is certain of it is believed against the scene.
    const surprised = applyFactors([0.99, 0.005, 0, 0.005], factors)
    expect(surprised[0]).toBeGreaterThan(0.9)
  })

  it('settles what a network is in doubt about', () => {
    const settled = Array.from(applyFactors([0.5, 0, 0.5, 0], classFactors(after(5, 2), prior)))
    expect(settled[2]).toBeGreaterThan(0.9)
    expect(settled.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6)
  })

  it('forgets at the rate that is set, and never holds more than its memory', () => {
    const long = after(1000, 1)
    expect(long[1]).toBeLessThan(prior.memoryFrames + 1)
    const tenLater = after(10, 3, long)
    expect(tenLater[1]).toBeCloseTo((long[1] ?? 0) / Math.E, 6)
  })
})
