import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../random.ts'
import { drawFrames } from './draw-frames.ts'

const imagesByClass = [[3, 5, 7], [2, 4], [11]]

describe('drawFrames', () => {
  it('draws from the right class, each image once before any comes again, and the same for the same seed', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2), { maxLength: 60 }), fc.integer(), (classes, seed) => {
        const stream = classes.map((classIndex) => ({ classIndex }))
        const drawn = drawFrames(stream, imagesByClass, createRandom(seed))
        expect(drawFrames(stream, imagesByClass, createRandom(seed))).toEqual(drawn)
        imagesByClass.forEach((images, c) => {
          const ofClass = drawn.filter((_, i) => classes[i] === c)
          for (let start = 0; start < ofClass.length; start += images.length) {
            const round = ofClass.slice(start, start + images.length)
            expect(new Set(round).size).toBe(round.length)
            for (const image of round) expect(images).toContain(image)
          }
        })
      }),
    )
  })

  it('leaves the index alone', () => {
    drawFrames([{ classIndex: 0 }], imagesByClass, createRandom(1))
    expect(imagesByClass).toEqual([[3, 5, 7], [2, 4], [11]])
  })

  it('refuses a class without images', () => {
    expect(() => drawFrames([{ classIndex: 0 }], [[]], createRandom(1))).toThrow(RangeError)
    expect(() => drawFrames([{ classIndex: 4 }], imagesByClass, createRandom(1))).toThrow(RangeError)
  })
})
