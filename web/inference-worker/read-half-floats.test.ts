import { describe, expect, it } from 'vitest'
import { decodeWeights } from '../../core/bundle/weights.ts'
import { networkSpecSchema, planNetwork } from '../../core/network/spec.ts'
import { readWholeWeights } from './read-half-floats.ts'

// 65,536 weights, so that a blob has room for every half float there is.
const spec = networkSpecSchema.parse({ inputShape: [255], layers: [{ kind: 'dense', name: 'all', units: 256 }] })

describe('readWholeWeights', () => {
  it('reads each of the 65,536 half floats as core does', () => {
    expect(planNetwork(spec).parameters).toBe(65_536)
    const blob = new Uint8Array(Uint16Array.from({ length: 65_536 }, (_, bits) => bits).buffer)
    const [ours, cores] = [readWholeWeights(spec, blob), decodeWeights(spec, blob)]
    expect(ours.map(({ name, shape }) => ({ name, shape }))).toEqual(cores.map(({ name, shape }) => ({ name, shape })))
    for (const [index, { values }] of ours.entries()) expect(values).toEqual(cores[index]?.values)
  })

  it('refuses a blob of another length, and reads one that begins anywhere', () => {
    expect(() => readWholeWeights(spec, new Uint8Array(10))).toThrow(expect.objectContaining({ code: 'blob-truncated' }) as Error)
    const shifted = new Uint8Array(131_073).subarray(1)
    shifted.fill(60)
    expect(readWholeWeights(spec, shifted)[0]?.values[0]).toBeCloseTo(1.0586)
  })
})
