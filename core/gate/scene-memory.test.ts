import { describe, expect, it } from 'vitest'
import { SceneMemory } from './scene-memory.ts'

const prior = { memoryFrames: 10, surpriseChance: 0.1 }

describe('SceneMemory', () => {
  it('remembers what was seen while a prior is in force, and forgets it when none is', () => {
    const scene = new SceneMemory()
    for (let frame = 0; frame < 5; frame++) scene.see([1, 0], prior)
    const [seen = 0, unseen = 0] = scene.factors(prior, 2) ?? []
    expect(seen).toBeGreaterThan(5 * unseen)
    expect(scene.factors(undefined, 2)).toBeUndefined()
    scene.see([1, 0], undefined)
    expect([...(scene.factors(prior, 2) ?? [])]).toEqual([1, 1].map((one) => expect.closeTo(one, 6) as number))
  })

  it('begins anew with other classes', () => {
    const scene = new SceneMemory()
    scene.see([1, 0], prior)
    expect([...(scene.factors(prior, 3) ?? [])]).toEqual([1, 1, 1].map((one) => expect.closeTo(one, 6) as number))
  })
})
