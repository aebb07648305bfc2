import { describe, expect, it } from 'vitest'
import { inLight, lookInLights, type Light, type Lighting } from './light.ts'

const dusk: Light = { gain: [2, 2, 2], offset: [0, 0, 0] }

describe('inLight', () => {
  it('changes each channel by its own gain and offset, to whole bytes', () => {
    const light: Light = { gain: [2, 1, 0.5], offset: [0, 0.2, -0.1] }
    expect([...inLight(Uint8Array.of(10, 20, 101, 30, 40, 50), light)]).toEqual([20, 71, 25, 60, 91, 0])
  })

  it('cuts off what leaves the scale, and leaves what it was given alone', () => {
    const rgb = Uint8Array.of(200, 0, 130)
    expect([...inLight(rgb, { gain: [2, 1, 2], offset: [0, -1, 0] })]).toEqual([255, 0, 255])
    expect([...rgb]).toEqual([200, 0, 130])
  })
})

describe('lookInLights', () => {
  const looks = (strangenesses: readonly number[]) => {
    const seen: Lighting[] = []
    const found = lookInLights([undefined, dusk], -5, (lighting) => {
      seen.push(lighting)
      return { lighting, strangeness: strangenesses[seen.length - 1]! }
    })
    return { seen, found }
  }

  it('looks once where the picture is not strange', () => {
    expect(looks([-6, -9])).toMatchObject({ seen: [undefined], found: { lighting: undefined } })
  })

  it('looks again where it is, and takes the less strange look', () => {
    expect(looks([-4, -9])).toMatchObject({ seen: [undefined, dusk], found: { lighting: dusk } })
    expect(looks([-4, -1]).found).toEqual({ lighting: undefined, strangeness: -4 })
  })
})
