import { describe, expect, it } from 'vitest'
import type { LabelledImage } from './list-images.ts'
import { orderImages, type OrderOptions } from './order-images.ts'

describe('orderImages', () => {
  const classNames = ['ant', 'bee', 'cat', 'dog', 'eel', 'fox']
  const images: LabelledImage[] = classNames.flatMap((className, classIndex) =>
    Array.from({ length: 20 }, (_, index) => ({ path: `${className}/${index}.png`, className, classIndex })),
  )
  const options: OrderOptions = { order: 'scenes', kind: 'places', length: 30, seed: 1 }
  const order = (changes: Partial<OrderOptions> = {}): LabelledImage[] =>
    orderImages(images, classNames, { ...options, ...changes })
  const changesOf = (stream: readonly LabelledImage[]): number =>
    stream.filter(({ classIndex }, index) => index > 0 && classIndex !== stream[index - 1]?.classIndex).length

  it('is as long as there are images, or as was asked for', () => {
    expect(order()).toHaveLength(120)
    expect(order({ frames: 500 })).toHaveLength(500)
    expect(order({ frames: 7 })).toHaveLength(7)
  })

  it('is the same for the same seed, and another for another', () => {
    expect(order()).toEqual(order())
    expect(order({ seed: 2 })).not.toEqual(order())
  })

  it('walks through the places that the bundle knows', () => {
    const places = [
      { name: 'yard', weights: { ant: 1, dog: 1 } },
      { name: 'pond', weights: { bee: 1, cat: 1, eel: 1, fox: 1 } },
    ]
    const placeOf = (className: string): number => places.findIndex(({ weights }) => className in weights)
    const stream = order({ frames: 600, places })
    const changes = stream.filter(
      ({ className }, index) =>
        index > 0 && placeOf(className) !== placeOf(stream[index - 1]?.className ?? ''),
    )
    // Of some twenty scenes about half begin where the one before did not end.
    expect(changes.length).toBeGreaterThan(0)
    expect(changes.length).toBeLessThan(40)
  })

  it('is local in time where scenes are long, and not where there are none', () => {
    expect(changesOf(order({ kind: 'single', frames: 600 }))).toBeLessThan(60)
    expect(changesOf(order({ kind: 'iid', frames: 600 }))).toBeGreaterThan(400)
  })

  it('shows no image of a class again before all of them were shown', () => {
    const first = order({ kind: 'single', frames: 2000 })
      .filter(({ className }) => className === 'ant')
      .slice(0, 20)
    expect(new Set(first.map(({ path }) => path)).size).toBe(20)
  })

  it('keeps the order of the files, and starts over where it is to be longer', () => {
    expect(order({ order: 'files' })).toEqual(images)
    expect(order({ order: 'files', frames: 122 }).slice(119)).toEqual([images[119], images[0], images[1]])
  })

  it('says which classes are missing', () => {
    const some = images.filter(({ className }) => className !== 'bee' && className !== 'fox')
    expect(() => orderImages(some, classNames, options)).toThrow(
      expect.objectContaining({ code: 'dataset-invalid', details: { empty: ['bee', 'fox'] } }) as Error,
    )
    expect(orderImages(some, classNames, { ...options, order: 'files' })).toHaveLength(80)
  })
})
