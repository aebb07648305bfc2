import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeKeptFrame, encodeKeptFrame, type KeptFrame } from './kept-frame.ts'

const floats = fc.float32Array({ maxLength: 20, noNaN: true })
const frame: fc.Arbitrary<KeptFrame> = fc.record({
  atMs: fc.integer({ min: 0, max: 2 ** 45 }),
  kind: fc.constantFrom('miss', 'audit'),
  pixels: fc.uint8Array({ maxLength: 50 }),
  logits: floats,
  codeLogits: floats,
})

describe('a kept frame', () => {
  it('is read as it was written, wherever its bytes lie', () => {
    fc.assert(
      fc.property(frame, (kept) => {
        const bytes = encodeKeptFrame(kept)
        const room = new Uint8Array(bytes.length + 3)
        room.set(bytes, 3)
        expect(decodeKeptFrame(room.subarray(3))).toEqual(kept)
      }),
    )
  })

  it('is refused where it is cut, or something else', () => {
    fc.assert(
      fc.property(frame, fc.double({ min: 0, max: 0.99, noNaN: true }), (kept, share) => {
        const bytes = encodeKeptFrame(kept)
        expect(() => decodeKeptFrame(bytes.subarray(0, Math.floor(bytes.length * share)))).toThrow(
          expect.objectContaining({ code: 'request-invalid' }),
        )
      }),
    )
    expect(() => decodeKeptFrame(new Uint8Array(64))).toThrow(
      expect.objectContaining({ code: 'request-invalid' }),
    )
  })
})
