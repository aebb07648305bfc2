import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createWalker } from './body.ts'
import { renderWalker, walkSeconds } from './render.ts'
import { createSession, type Split } from './session.ts'

const render = (identity: number, session: number, time: number, size: number): Uint8ClampedArray =>
  renderWalker({
    walker: createWalker(identity),
    session: createSession({ identity, split: 'train', session }),
    time,
    size,
  })

/** Mean over blocks of `factor` x `factor` pixels. */
function boxDownsampled(pixels: Uint8ClampedArray, size: number, factor: number): Float64Array {
  const small = size / factor
  const means = new Float64Array(small * small * 4)
  pixels.forEach((value, at) => {
    const x = Math.floor((Math.floor(at / 4) % size) / factor)
    const y = Math.floor(Math.floor(at / 4 / size) / factor)
    const to = (y * small + x) * 4 + (at % 4)
    means[to] = (means[to] ?? 0) + value / factor ** 2
  })
  return means
}

const meanDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length

const someFrame = fc.record({
  identity: fc.nat(40),
  split: fc.constantFrom<Split>('train', 'validation', 'test'),
  session: fc.nat(100),
  time: fc.double({ min: 0, max: 60, noNaN: true }),
  size: fc.integer({ min: 1, max: 48 }),
})

describe('renderWalker', () => {
  it('gives size x size opaque pixels, and the same for the same arguments', () => {
    fc.assert(
      fc.property(someFrame, ({ identity, split, session, time, size }) => {
        const draw = (): Uint8ClampedArray =>
          renderWalker({
            walker: createWalker(identity),
            session: createSession({ identity, split, session }),
            time,
            size,
          })
        const pixels = draw()
        expect(pixels).toHaveLength(size * size * 4)
        expect(pixels.every((value, at) => at % 4 !== 3 || value === 255)).toBe(true)
        expect(draw()).toEqual(pixels)
      }),
    )
  })

  it('is a small picture of the large one: 32 pixels are the mean of 128', () => {
    for (const identity of [0, 5, 10, 13, 18, 22]) {
      for (const time of [0.1, 1.7, 3.1]) {
        const small = render(identity, 1, time, 32)
        const large = boxDownsampled(render(identity, 1, time, 128), 128, 4)
        expect(meanDifference(small, large)).toBeLessThan(1.5) // of 255
      }
    }
  })

  it('keeps the whole person in the frame, larger at the end of a walk than at its start', () => {
    // What moves between two frames half a step apart is the person; the camera stands still.
    const isMoving = (identity: number, time: number): boolean[] => {
      const walker = createWalker(identity)
      const session = createSession({ identity, split: 'test', session: 0 })
      const still = { ...session, camera: { ...session.camera, shake: 0 } }
      const a = renderWalker({ walker, session: still, time, size: 64 })
      const b = renderWalker({ walker, session: still, time: time + 0.25, size: 64 })
      return Array.from({ length: 64 * 64 }, (_, i) =>
        [0, 1, 2].some((c) => Math.abs((a[i * 4 + c] ?? 0) - (b[i * 4 + c] ?? 0)) > 24),
      )
    }
    let atStart = 0
    let atEnd = 0
    for (let identity = 0; identity < 24; identity++) {
      const end = isMoving(identity, walkSeconds(createWalker(identity)) - 0.3)
      atStart += isMoving(identity, 0).filter(Boolean).length
      atEnd += end.filter(Boolean).length
      expect(end.slice(63 * 64).some(Boolean)).toBe(false)
    }
    expect(atEnd).toBeGreaterThan(1.2 * atStart)
  })

  it('starts the walk over where it ends', () => {
    const walker = createWalker(3)
    const session = createSession({ identity: 3, split: 'test', session: 0 })
    const still = { ...session, camera: { ...session.camera, shake: 0 } }
    const seconds = walkSeconds(walker)
    const frame = (time: number): Uint8ClampedArray =>
      renderWalker({ walker, session: still, time, size: 32 })
    expect(meanDifference(frame(0), frame(seconds - 0.01))).toBeGreaterThan(
      meanDifference(frame(0), frame(seconds + 0.01)),
    )
  })
})
