import { describe, expect, it } from 'vitest'
import { SceneFilter, type SceneKnowledge } from './scene-filter.ts'
import { SceneMemory } from './scene-memory.ts'
import { applyFactors } from './scene-prior.ts'

const knowledge: SceneKnowledge = {
  surpriseChance: 0.02,
  localities: [{ kind: 'single', meanLength: 50 }],
  places: [],
}
const prior = { memoryFrames: 10, surpriseChance: 0.1 }

describe('SceneMemory', () => {
  it('remembers what was seen while a prior is in force, and forgets it when none is', () => {
    const scene = new SceneMemory()
    for (let frame = 0; frame < 5; frame++) scene.see([1, 0], undefined, prior, 'edge')
    const [seen = 0, unseen = 0] = scene.factors(prior, 2) ?? []
    expect(seen).toBeGreaterThan(5 * unseen)
    expect(scene.factors(undefined, 2)).toBeUndefined()
    scene.see([1, 0], undefined, undefined, 'edge')
    expect([...(scene.factors(prior, 2) ?? [])]).toEqual(
      [1, 1].map((one) => expect.closeTo(one, 6) as number),
    )
  })

  it('begins anew with other classes', () => {
    const scene = new SceneMemory()
    scene.see([1, 0], undefined, prior, 'edge')
    expect([...(scene.factors(prior, 3) ?? [])]).toEqual(
      [1, 1, 1].map((one) => expect.closeTo(one, 6) as number),
    )
  })

  it('weighs scenes that the bundle knows where the settings say so', () => {
    const [counting, knowing] = [new SceneMemory(knowledge), new SceneMemory(knowledge)]
    const knows = { ...prior, knowsScenes: true }
    const favoured = (scene: SceneMemory, settings: typeof prior): number => {
      for (let frame = 0; frame < 3; frame++) {
        const factors = scene.factors(settings, 4)
        scene.see(applyFactors([0.7, 0.1, 0.1, 0.1], factors), factors, settings, 'edge')
      }
      return scene.factors(settings, 4)?.[0] ?? 0
    }
    expect(favoured(knowing, knows)).toBeGreaterThan(favoured(counting, prior))
  })

  it('takes a frame for what the network said of it, not for what the scene made of that', () => {
    const [scene, filter] = [new SceneMemory(knowledge), new SceneFilter(knowledge, 2)]
    const knows = { memoryFrames: 10, surpriseChance: 1, knowsScenes: true }
    for (let frame = 0; frame < 4; frame++) {
      const factors = scene.factors(knows, 2)
      scene.see(applyFactors([0.8, 0.2], factors), factors, knows, 'edge')
      // With a surprise always, the open scene is even.
      filter.see([0.8, 0.2], [1, 1])
    }
    expect([...(scene.factors(knows, 2) ?? [])]).toEqual(
      [...filter.factors([1, 1])].map((factor) => expect.closeTo(factor, 4) as number),
    )
  })

  it('believes the edge more than the device, whose mistakes repeat', () => {
    const knows = { memoryFrames: 10, surpriseChance: 1, knowsScenes: true }
    const favoured = (by: 'device' | 'edge'): number => {
      const scene = new SceneMemory(knowledge)
      const factors = scene.factors(knows, 2)
      scene.see(applyFactors([0.8, 0.2], factors), factors, knows, by)
      return scene.factors(knows, 2)?.[0] ?? 0
    }
    expect(favoured('device')).toBeGreaterThan(1)
    expect(favoured('edge')).toBeGreaterThan(favoured('device'))
  })
})
