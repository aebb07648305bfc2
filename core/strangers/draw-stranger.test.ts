import { describe, expect, it } from 'vitest'
import { drawStranger, strangerKinds } from './draw-stranger.ts'

const all = Object.values(strangerKinds).flat()

describe('drawStranger', () => {
  it('draws other kinds for training, for choices and for the test', () => {
    expect(new Set(all).size).toBe(all.length)
  })

  it.each(all)('%s: the same picture for the same seed, another for another', (kind) => {
    const picture = drawStranger(kind, 1, 32)
    expect(picture.length).toBe(32 * 32 * 3)
    expect(drawStranger(kind, 1, 32)).toEqual(picture)
    expect(drawStranger(kind, 2, 32)).not.toEqual(picture)
  })
})
