import { expect, it } from 'vitest'
import { networkSpecSchema } from '../../core/network/spec.ts'
import { padHead, trunkOf, unitsOf, withUnits } from './padded-head.ts'

const spec = networkSpecSchema.parse({ inputShape: [4], layers: [{ kind: 'dense', name: 'head', units: 2 }] })

it('fills a head up with outputs that get nothing, and leaves the others where they were', () => {
  const kernel = { name: 'head/kernel', shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) }
  const [wide, bias] = padHead([kernel, { name: 'head/bias', shape: [2], values: Float32Array.of(5, 6) }], 3)
  expect([...(wide?.values ?? [])]).toEqual([1, 2, 0, 3, 4, 0])
  expect([...(bias?.values ?? [])].slice(0, 2)).toEqual([5, 6])
  expect(Math.exp(bias?.values[2] ?? 0)).toBe(0)
  expect(padHead([kernel], 2)).toEqual([kernel])
})

it('tells trunks apart, not heads', () => {
  expect(unitsOf(withUnits(spec, 7))).toBe(7)
  expect(trunkOf(withUnits(spec, 7))).toBe(trunkOf(spec))
  expect(trunkOf({ ...spec, inputShape: [5] })).not.toBe(trunkOf(spec))
})
