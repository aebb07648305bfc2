import { describe, expect, it } from 'vitest'
import { mirrorRgb } from './mirror.ts'

const rgb = Uint8Array.from({ length: 2 * 3 * 3 }, (_, index) => index)

describe('mirrorRgb', () => {
  it('turns each row around, pixel by pixel', () => {
    expect([...mirrorRgb(rgb, 3)]).toEqual([6, 7, 8, 3, 4, 5, 0, 1, 2, 15, 16, 17, 12, 13, 14, 9, 10, 11])
  })

  it('gives the image back when done twice', () => {
    expect(mirrorRgb(mirrorRgb(rgb, 3), 3)).toEqual(rgb)
  })
})
