import { getFloat16 } from '@petamoriken/float16'
import { describe, expect, it } from 'vitest'
import { readFloat16, writeFloat16 } from './float16.ts'

describe('readFloat16', () => {
  const all = new Uint8Array(Uint16Array.from({ length: 65_536 }, (_, bits) => bits).buffer)

  it('reads each of the 65,536 half floats as the polyfill does', () => {
    const view = new DataView(all.buffer)
    expect(readFloat16(all, 0, 65_536)).toEqual(
      Float32Array.from({ length: 65_536 }, (_, index) => getFloat16(view, index * 2, true)),
    )
  })

  it('reads from any value on, in a blob that begins at any byte', () => {
    const shifted = new Uint8Array(all.length + 1)
    shifted.set(all, 1)
    expect(readFloat16(shifted.subarray(1), 15_360, 2)).toEqual(Float32Array.of(1, 1 + 2 ** -10))
  })

  it('gives back what was written, rounded to half floats', () => {
    const values = Float32Array.of(0, -0, 1.5, -65_504, 2 ** -24, 1e9, 1 + 2 ** -12)
    const blob = new Uint8Array(20)
    writeFloat16(blob, 3, values)
    expect(readFloat16(blob, 3, 7)).toEqual(Float32Array.of(0, -0, 1.5, -65_504, 2 ** -24, Infinity, 1))
  })
})
