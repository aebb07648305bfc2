import { describe, expect, it } from 'vitest'
import { createRandom } from '../random.ts'
import { createWalker } from '../walkers/body.ts'
import { renderWalker } from '../walkers/render.ts'
import { createSession } from '../walkers/session.ts'
import { rgbaToRgb } from './preprocess.ts'
import { showsNothing } from './shows-nothing.ts'

const size = 32
const pixels = (value: (index: number) => number): Uint8Array =>
  Uint8Array.from({ length: size * size * 3 }, (_, index) => value(index))

describe('showsNothing', () => {
  it('is true of one colour, with and without a camera’s grain, and of noise', () => {
    const random = createRandom(3)
    expect(
      showsNothing(
        pixels((index) => [46, 139, 58][index % 3] ?? 0),
        size,
      ),
    ).toBe(true)
    expect(
      showsNothing(
        pixels(() => 120 + random.integer(5)),
        size,
      ),
    ).toBe(true)
    expect(
      showsNothing(
        pixels(() => random.integer(256)),
        size,
      ),
    ).toBe(true)
    expect(
      showsNothing(
        pixels(() => 0),
        size,
      ),
    ).toBe(true)
  })

  it('is false of people, of a faint gradient, and of a checkerboard', () => {
    for (let identity = 0; identity < 24; identity++) {
      const rgba = renderWalker({
        walker: createWalker(identity),
        session: createSession({ identity, split: 'test', session: 0 }),
        time: 0.5,
        size,
      })
      expect(showsNothing(rgbaToRgb(rgba), size)).toBe(false)
    }
    expect(
      showsNothing(
        pixels((index) => 100 + (Math.floor(index / 3) % size)),
        size,
      ),
    ).toBe(false)
    expect(
      showsNothing(
        pixels((index) => ((Math.floor(index / 12) + Math.floor(index / 3 / size / 4)) % 2) * 255),
        size,
      ),
    ).toBe(false)
  })
})
