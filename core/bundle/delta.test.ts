import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planNetwork } from '../network/plan.ts'
import { createRandom } from '../random.ts'
import { sampleNetwork, separableSampleNetwork } from '../testing/sample-bundle.ts'
import { applyDelta, deltaBlobBytes, encodeDelta, planDelta, type DeltaSpec } from './delta.ts'
import type { NamedTensor } from './weights.ts'

const spec = sampleNetwork(16, [4, 6, 8], 5)
const random = createRandom(5)
const base: NamedTensor[] = planNetwork(spec).tensors.map(({ name, shape, size }) => ({
  name,
  shape,
  values: Float32Array.from({ length: size }, () => random.normal()),
}))

/** Every field set to the same value, but for some by name. */
const fieldsOf = (
  delta: DeltaSpec,
  value: number,
  others: Record<string, number> = {},
): Map<string, Float32Array> =>
  new Map(
    planDelta(spec, delta).fields.map(({ name, size }) => [
      name,
      new Float32Array(size).fill(others[name] ?? value),
    ]),
  )

const layers = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('first', 'second', 'inner', 'third', 'head'),
  }),
  {
    selector: ({ name }) => name,
    minLength: 1,
  },
)

describe('applyDelta', () => {
  it('scales each channel of a depthwise layer', () => {
    const separable = separableSampleNetwork(16, [4, 6, 8], 5)
    const own: NamedTensor[] = planNetwork(separable).tensors.map(({ name, shape, size }) => ({
      name,
      shape,
      values: Float32Array.from({ length: size }, () => random.normal()),
    }))
    const delta = { layers: [{ name: 'between' }] }
    const scale = Float32Array.from({ length: 12 }, (_, channel) => channel)
    const bias = new Float32Array(12).fill(3)
    const blob = encodeDelta(
      separable,
      delta,
      new Map([
        ['between/scale', scale],
        ['between/bias', bias],
      ]),
    )
    const byName = (tensors: readonly NamedTensor[]) =>
      new Map(tensors.map(({ name, values }) => [name, values]))
    const [before, after] = [byName(own), byName(applyDelta(separable, delta, own, blob))]
    const kernel = before.get('between/kernel')!
    expect([...after.get('between/kernel')!]).toEqual(
      Array.from(kernel, (value, at) => Math.fround(value * (at % 12))),
    )
    expect(after.get('between/bias')).toEqual(bias)
    expect(after.get('inner/kernel')).toEqual(before.get('inner/kernel'))
  })

  it('changes the listed layers as it says, and no other', () => {
    const delta = {
      layers: [{ name: 'third' }, { name: 'head' }],
    }
    const result = applyDelta(
      spec,
      delta,
      base,
      encodeDelta(spec, delta, fieldsOf(delta, 0.5, { 'third/scale': 2 })),
    )
    for (const [index, { name, values }] of result.entries()) {
      const before = base[index]!.values
      if (name === 'third/kernel') expect([...values]).toEqual(Array.from(before, (value) => value * 2))
      else if (name === 'third/bias' || name.startsWith('head/'))
        expect(values.every((value) => value === 0.5)).toBe(true)
      else expect(values).toEqual(before)
    }
  })

  it('needs exactly its bytes, for any choice of layers', () => {
    fc.assert(
      fc.property(layers, (chosen) => {
        const delta = { layers: chosen }
        const blob = encodeDelta(spec, delta, fieldsOf(delta, 1))
        expect(blob.byteLength).toBe(deltaBlobBytes(spec, delta))
        expect(applyDelta(spec, delta, base, blob)).toHaveLength(base.length)
        expect(() => applyDelta(spec, delta, base, blob.slice(2))).toThrow(
          expect.objectContaining({ code: 'blob-truncated' }),
        )
      }),
    )
  })

  it('neither writes nor reads what is no number', () => {
    const delta = { layers: [{ name: 'head' }] }
    for (const value of [NaN, Infinity, 70_000])
      expect(() => encodeDelta(spec, delta, fieldsOf(delta, value))).toThrow(
        expect.objectContaining({ code: 'weights-not-finite' }),
      )
    const blob = encodeDelta(spec, delta, fieldsOf(delta, 1))
    new DataView(blob.buffer).setUint16(0, 0x7e00, true)
    expect(() => applyDelta(spec, delta, base, blob)).toThrow(
      expect.objectContaining({ code: 'weights-not-finite' }),
    )
  })

  it('refuses a layer that the network has not, and a field of another size', () => {
    expect(() => planDelta(spec, { layers: [{ name: 'fourth' }] })).toThrow(
      expect.objectContaining({ code: 'manifest-invalid' }),
    )
    const delta = { layers: [{ name: 'head' }] }
    expect(() => encodeDelta(spec, delta, new Map([['head/kernel', new Float32Array(3)]]))).toThrow(
      expect.objectContaining({ code: 'manifest-invalid' }),
    )
  })
})
