import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planNetwork } from '../network/plan.ts'
import { sampleNetwork } from '../testing/sample-bundle.ts'
import { decodeWeights, encodeWeights, wholeBlobBytes, type NamedTensor } from './weights.ts'

const spec = sampleNetwork(16, [2, 3, 4], 3)
const weightsOf = (value: (index: number) => number): NamedTensor[] =>
  planNetwork(spec).tensors.map(({ name, shape, size }) => ({
    name,
    shape,
    values: Float32Array.from({ length: size }, (_, index) => value(index)),
  }))

describe('weights as a blob', () => {
  it('come back within half a unit in the last place of a half float', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -1000, max: 1000, noNaN: true }), { minLength: 5, maxLength: 5 }),
        (values) => {
          const weights = weightsOf((index) => values[index % 5]!)
          const read = decodeWeights(spec, encodeWeights(spec, weights))
          for (const [index, { name, shape, values: found }] of read.entries()) {
            expect([name, shape]).toEqual([weights[index]!.name, weights[index]!.shape])
            for (const [position, value] of found.entries()) {
              const expected = weights[index]!.values[position]!
              expect(Math.abs(value - expected)).toBeLessThanOrEqual(
                Math.max(2 ** -25, Math.abs(expected) * 2 ** -11),
              )
            }
          }
        },
      ),
    )
  })

  it('have exactly the bytes that the spec says, in whatever order they came', () => {
    const weights = weightsOf((index) => index / 7)
    const blob = encodeWeights(spec, weights)
    expect(blob.byteLength).toBe(wholeBlobBytes(spec))
    expect(encodeWeights(spec, [...weights].reverse())).toEqual(blob)
  })

  it('are read from the middle of a larger buffer too', () => {
    const blob = encodeWeights(
      spec,
      weightsOf(() => 0.5),
    )
    const larger = new Uint8Array(blob.byteLength + 9)
    larger.set(blob, 3)
    expect(decodeWeights(spec, larger.subarray(3, 3 + blob.byteLength))).toEqual(decodeWeights(spec, blob))
  })

  it('are refused where one of them is more than a half float holds: it would be infinite in the blob', () => {
    const one = (value: number): NamedTensor[] => weightsOf((index) => (index === 0 ? value : 1))
    for (const value of [65_505, -65_505, 1e9, Infinity, NaN])
      expect(() => encodeWeights(spec, one(value))).toThrow(
        expect.objectContaining({ code: 'weights-not-finite' }),
      )
    expect(decodeWeights(spec, encodeWeights(spec, one(65_504)))[0]!.values[0]).toBe(65_504)
  })

  it('are not read where a blob holds what is no number', () => {
    for (const bits of [0x7c00, 0xfc00, 0x7e00]) {
      const blob = encodeWeights(
        spec,
        weightsOf(() => 1),
      )
      new DataView(blob.buffer).setUint16(6, bits, true)
      expect(() => decodeWeights(spec, blob)).toThrow(expect.objectContaining({ code: 'weights-not-finite' }))
    }
  })

  it('are refused when they are truncated, incomplete or not finite', () => {
    const blob = encodeWeights(
      spec,
      weightsOf(() => 1),
    )
    expect(() => decodeWeights(spec, blob.subarray(1))).toThrow(
      expect.objectContaining({ code: 'blob-truncated' }),
    )
    expect(() => encodeWeights(spec, weightsOf(() => 1).slice(1))).toThrow(
      expect.objectContaining({ code: 'manifest-invalid' }),
    )
    expect(() =>
      encodeWeights(
        spec,
        weightsOf(() => NaN),
      ),
    ).toThrow(expect.objectContaining({ code: 'weights-not-finite' }))
  })
})
