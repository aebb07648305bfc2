import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cifar10Places, defaultPlaces, placesFor } from './places.ts'

const cifar10 = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']

const totals = (places: readonly { weights: Readonly<Record<string, number>> }[]): Map<string, number> => {
  const sums = new Map<string, number>()
  for (const { weights } of places) {
    for (const [name, weight] of Object.entries(weights)) sums.set(name, (sums.get(name) ?? 0) + weight)
  }
  return sums
}

describe('cifar10Places', () => {
  it('shows every class, all equally often, in five places of 100 %', () => {
    expect(cifar10Places).toHaveLength(5)
    expect([...totals(cifar10Places)].sort()).toEqual(cifar10.map((name) => [name, 50]))
    for (const { weights } of cifar10Places) expect(Object.values(weights).reduce((a, b) => a + b)).toBe(100)
  })

  it('is the default for CIFAR-10 in any order of its classes, and for nothing else', () => {
    expect(defaultPlaces([...cifar10].reverse())).toBe(cifar10Places)
    expect(defaultPlaces(cifar10.slice(1))).not.toBe(cifar10Places)
  })
})

describe('placesFor', () => {
  it('makes ceil(C/3) places of at most four classes that hold every class equally', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer(), (classes, seed) => {
        const names = Array.from({ length: classes }, (_, i) => `class ${i}`)
        const places = placesFor(names, seed)
        expect(places).toHaveLength(Math.ceil(classes / 3))
        for (const { weights } of places) expect(Object.keys(weights).length).toBeLessThanOrEqual(4)
        const sums = totals(places)
        expect([...sums.keys()].sort()).toEqual([...names].sort())
        expect(new Set(sums.values())).toEqual(new Set([3]))
        expect(placesFor(names, seed)).toEqual(places)
      }),
    )
  })

  it('lets neighbouring places overlap', () => {
    const places = placesFor(Array.from({ length: 24 }, (_, i) => `class ${i}`))
    const shared = places.map(({ weights }, i) => {
      const next = places[(i + 1) % places.length]?.weights ?? {}
      return Object.keys(weights).filter((name) => name in next).length
    })
    expect(shared).toEqual(Array.from({ length: 8 }, () => 1))
  })
})
