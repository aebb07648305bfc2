import { describe, expect, it } from 'vitest'
import { pitchOf, startOf } from './placed-image.ts'

const tensor = { id: 1, address: 4096, values: 10 * 12 * 4 }
const size = { height: 8, width: 8, channels: 4, tensor }

describe('placed images', () => {
  it('begin behind the rows above and the columns before', () => {
    const image = { ...size, border: { rows: 10, columns: 12, top: 1, left: 2 } }
    expect(pitchOf(image)).toBe(12 * 4 * 4)
    expect(startOf(image)).toBe(4096 + 12 * 4 * 4 + 2 * 4 * 4)
  })

  it('begin with their tensor where nothing lies around them', () => {
    expect(startOf({ ...size, border: { rows: 8, columns: 8, top: 0, left: 0 } })).toBe(4096)
  })
})
