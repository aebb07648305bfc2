import { describe, expect, it } from 'vitest'
import type { Place } from '../../core/streams/place.ts'
import { cifar100Places } from '../../core/streams/scenes.ts'
import { formRegions, imagesOfRegion } from './regions.ts'

const identity = (classes: number): Float64Array[] =>
  Array.from({ length: classes }, (_, row) =>
    Float64Array.from({ length: classes }, (_value, column) => Number(row === column)),
  )

describe('formRegions', () => {
  const classNames = ['ship', 'bird', 'cow', 'barn', 'cat']
  const places = [
    { name: 'harbour', weights: { ship: 3, bird: 1 } },
    { name: 'pier', weights: { ship: 2, bird: 2 } },
    { name: 'farm', weights: { cow: 2, barn: 2, cat: 1 } },
  ]

  it('has one region a place where there are as many, with the shares of its classes', () => {
    const regions = formRegions(classNames, places, identity(5), 8)
    expect(regions.map(({ name }) => name)).toEqual(['harbour', 'pier', 'farm'])
    expect(regions[0]).toMatchObject({ classIndices: [0, 1], shares: [0.75, 0.25], contexts: [0] })
  })

  it('puts places that show the same into one region, whole', () => {
    const [sea, farm] = formRegions(classNames, places, identity(5), 2)
    expect(sea).toMatchObject({ name: 'harbour, pier', contexts: [0, 1], classIndices: [0, 1] })
    expect(sea?.shares).toEqual([5 / 8, 3 / 8])
    expect(farm?.classIndices).toEqual([2, 3, 4])
  })

  it('takes a class for what it is that is called like a property of every object', () => {
    const odd: Place[] = [
      { name: 'sea', weights: { ship: 1 } },
      { name: 'site', weights: { constructor: 1, toString: 3 } },
    ]
    const regions = formRegions(['ship', 'constructor', 'toString'], odd, identity(3), 2)
    expect(regions.map(({ classIndices, shares }) => [classIndices, shares])).toEqual([
      [[0], [1]],
      [
        [1, 2],
        [0.25, 0.75],
      ],
    ])
  })

  it('puts classes that are confused into one region where no place is known', () => {
    const confusion = identity(4).map((row) => Float64Array.from(row))
    // 0 is taken for 2, and 1 for 3.
    for (const [a, b] of [
      [0, 2],
      [2, 0],
      [1, 3],
      [3, 1],
    ] as const) {
      confusion[a]![a] = 0.6
      confusion[a]![b] = 0.4
    }
    const regions = formRegions(['a', 'b', 'c', 'd'], undefined, confusion, 2)
    expect(regions.map(({ classIndices }) => classIndices)).toEqual([
      [0, 2],
      [1, 3],
    ])
  })

  it('keeps regions from growing over all others', () => {
    const everythingAlike = Array.from({ length: 12 }, () => new Float64Array(12).fill(1 / 12))
    const sizes = formRegions(
      Array.from({ length: 12 }, (_, index) => `c${index}`),
      undefined,
      everythingAlike,
      3,
    ).map(({ classIndices }) => classIndices.length)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(7)
  })

  it('refuses scenes of classes that there are not', () => {
    expect(() =>
      formRegions(
        ['a', 'b'],
        [
          { name: 'x', weights: { a: 1 } },
          { name: 'y', weights: { moon: 1 } },
        ],
        identity(2),
        2,
      ),
    ).toThrow(expect.objectContaining({ code: 'config-invalid' }))
  })

  it('has a region for each place of CIFAR-100, with all of its hundred classes between them', () => {
    const names = [...new Set(cifar100Places.flatMap(({ weights }) => Object.keys(weights)))].sort()
    expect(names).toHaveLength(100)
    const regions = formRegions(names, cifar100Places, identity(100), 16)
    expect(regions).toHaveLength(cifar100Places.length)
    for (const { classIndices } of regions) expect(classIndices.length).toBeGreaterThanOrEqual(8)
    expect(new Set(regions.flatMap(({ classIndices }) => classIndices)).size).toBe(100)
  })
})

it('shows a region’s images as often as its classes are seen there, rare ones not below half of an even share', () => {
  const images = imagesOfRegion({ classIndices: [0, 2], shares: [0.95, 0.05] }, [
    [1, 2, 3, 4],
    [],
    [7, 8, 9, 10],
  ])
  expect(images).toHaveLength(8)
  expect(images.filter((image) => image >= 7)).toEqual([7, 8])
  expect(images.slice(0, 6)).toEqual([1, 2, 3, 4, 1, 2])
})
