import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/random.ts'
import { lossError } from './loss-error.ts'

describe('lossError', () => {
  it('is 0 where both are right on the same frames', () => {
    const right = Uint8Array.from({ length: 1000 }, (_, frame) => frame % 3 && 1)
    expect(lossError(right, right)).toBe(0)
  })

  it('is 0 where there is one block only, which says nothing of its spread', () => {
    expect(lossError(new Uint8Array(300).fill(1), new Uint8Array(300))).toBe(0)
  })

  it('is larger where what is lost is lost in whole scenes than where it is lost here and there', () => {
    const frames = 20_000
    const random = createRandom('losses')
    const reference = new Uint8Array(frames).fill(1)
    const scattered = reference.map(() => Number(random.next() >= 0.05))
    // One scene of 200 frames in twenty is lost as a whole.
    const lostScenes = Array.from({ length: frames / 200 }, () => random.next() < 0.05)
    const inScenes = reference.map((_, frame) => Number(lostScenes[Math.floor(frame / 200)] !== true))
    // sqrt(p (1 - p) / n): of 20,000 frames, and of 100 scenes.
    expect(lossError(reference, scattered)).toBeCloseTo(Math.sqrt((0.05 * 0.95) / frames), 3)
    expect(lossError(reference, inScenes)).toBeGreaterThan(0.01)
  })
})
