import { describe, expect, it } from 'vitest'
import type { ModelInput } from '../bundle/model-input.ts'
import { frameBytes, preprocess, rgbaToRgb, rgbToRgba } from './preprocess.ts'

const input: ModelInput = { width: 2, height: 1, channels: 3, mean: [0.5, 0, 0.2], std: [0.25, 1, 0.1] }

describe('preprocess', () => {
  it('brings each channel to (value / 255 − mean) / std', () => {
    const values = preprocess(Uint8Array.from([255, 0, 51, 0, 255, 0]), input)
    expect(Array.from(values)).toEqual(
      [2, 0, 0, -2, 1, -2].map((value) => expect.closeTo(value, 5) as number),
    )
  })

  it('writes where it is told to', () => {
    const target = new Float32Array(6)
    expect(preprocess(new Uint8Array(6), input, target)).toBe(target)
    expect(target[0]).toBeCloseTo(-2, 5)
  })

  it('refuses a frame of another size', () => {
    expect(() => preprocess(new Uint8Array(frameBytes(input) - 1), input)).toThrow(
      expect.objectContaining({ code: 'frame-size-wrong', details: { expectedBytes: 6, foundBytes: 5 } }),
    )
  })
})

describe('rgbToRgba', () => {
  it('makes opaque pixels, which are the same bytes again', () => {
    const rgb = Uint8Array.from([1, 2, 3, 4, 5, 6])
    expect(Array.from(rgbToRgba(rgb))).toEqual([1, 2, 3, 255, 4, 5, 6, 255])
    expect(rgbaToRgb(rgbToRgba(rgb))).toEqual(rgb)
  })
})

describe('rgbaToRgb', () => {
  it('keeps what is opaque, and puts what is transparent on black', () => {
    expect(Array.from(rgbaToRgb(Uint8Array.from([1, 2, 3, 255, 4, 5, 6, 0, 100, 50, 200, 51])))).toEqual([
      1, 2, 3, 0, 0, 0, 20, 10, 40,
    ])
  })
})
