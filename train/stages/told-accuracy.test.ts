import { describe, expect, it } from 'vitest'
import { toldAccuracy } from './told-accuracy.ts'

/** Two images of three classes; the network takes both for class 0. */
const predictions = {
  count: 2,
  outputs: 3,
  logits: Float32Array.of(2, 1, 0, 2, 1, 0),
  features: new Float32Array(0),
  featureSize: 0,
}

describe('toldAccuracy', () => {
  it('never answers a class that it was told is not there', () => {
    expect(toldAccuracy(predictions, Int32Array.of(1, 2), [0, 1], new Map([[1, 1]]))).toBe(0.5)
  })

  it('weighs classes by how often they are seen', () => {
    const often = new Map([0, 1, 2].map((label) => [label, label === 2 ? 100 : 1]))
    expect(toldAccuracy(predictions, Int32Array.of(2, 2), [0, 1], often)).toBe(1)
  })

  it('is 0 of no images', () => {
    expect(toldAccuracy(predictions, Int32Array.of(1, 2), [], new Map())).toBe(0)
  })
})
