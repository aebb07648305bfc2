import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createWalker } from './body.ts'
import { poseAt, walkingSpeed, type Point } from './gait.ts'

const anybody = fc.nat(23).map(createWalker)
const moment = fc.double({ min: 0, max: 20, noNaN: true })
const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z)

describe('poseAt', () => {
  it('repeats after two steps', () => {
    fc.assert(
      fc.property(anybody, moment, (walker, time) => {
        const later = poseAt(walker, time + 2 / walker.gait.cadence, 0.3)
        const now = poseAt(walker, time, 0.3)
        for (const side of [0, 1] as const) {
          expect(distance(now.legs[side].ankle, later.legs[side].ankle)).toBeLessThan(1e-6)
          expect(distance(now.arms[side].hand, later.arms[side].hand)).toBeLessThan(1e-6)
        }
      }),
    )
  })

  it('has a foot on the ground at every moment, and none below it', () => {
    fc.assert(
      fc.property(anybody, moment, (walker, time) => {
        const { legs } = poseAt(walker, time, 0)
        const lowest = Math.min(legs[0].toe.y, legs[1].toe.y)
        expect(lowest).toBeGreaterThan(0)
        expect(lowest).toBeLessThan(0.05)
      }),
    )
  })

  it('does not slide: a standing foot goes back as fast as the body goes on', () => {
    fc.assert(
      fc.property(anybody, (walker) => {
        const early = 0.1 / walker.gait.cadence
        const late = 0.9 / walker.gait.cadence // one step is half a cycle, less than the stance
        const right = (time: number): number => poseAt(walker, time, 0).legs[1].ankle.z
        expect((right(early) - right(late)) / (late - early)).toBeCloseTo(walkingSpeed(walker), 6)
      }),
    )
  })

  it('moves without jumps', () => {
    fc.assert(
      fc.property(anybody, moment, (walker, time) => {
        const a = poseAt(walker, time, 0)
        const b = poseAt(walker, time + 0.002, 0)
        for (const side of [0, 1] as const) {
          expect(distance(a.legs[side].ankle, b.legs[side].ankle)).toBeLessThan(0.03)
          expect(distance(a.legs[side].toe, b.legs[side].toe)).toBeLessThan(0.04)
          expect(distance(a.legs[side].knee, b.legs[side].knee)).toBeLessThan(0.08)
          expect(distance(a.arms[side].hand, b.arms[side].hand)).toBeLessThan(0.03)
        }
      }),
    )
  })
})
