import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRaster, fill, fillRows, type Shape } from './raster.ts'
import { capsule, disc, ellipse, polygon, stripes, wedge } from './shapes.ts'

/** How much black a shape puts on a white picture, in pixels. */
function paintedArea(shape: Shape, size = 48): number {
  const raster = createRaster(size)
  fill(raster, shape, [0, 0, 0])
  let area = 0
  for (let at = 0; at < raster.pixels.length; at += 4) area += 1 - (raster.pixels[at] ?? 0) / 255
  return area
}

const place = fc.double({ min: 20, max: 28, noNaN: true })
const radius = fc.double({ min: 1, max: 12, noNaN: true })

describe('shapes', () => {
  it('paint their area, wherever between the pixels they lie', () => {
    fc.assert(
      fc.property(place, place, radius, radius, (x, y, rx, ry) => {
        const expected = Math.PI * rx * ry
        expect(Math.abs(paintedArea(ellipse(x, y, rx, ry, rx)) - expected)).toBeLessThan(
          0.06 * expected + 0.8,
        )
        const box = polygon([
          [x - rx, y - ry],
          [x + rx, y - ry],
          [x + rx, y + ry],
          [x - rx, y + ry],
        ])
        // A quarter of a pixel a corner, whatever the size: the distance rounds corners, and pixels sample
        // it. 0.1 more for 8-bit paint.
        expect(Math.abs(paintedArea(box) - 4 * rx * ry)).toBeLessThan(1.1)
      }),
    )
  })

  it('paint a capsule of equal radii like a box with two half discs', () => {
    expect(paintedArea(capsule(12, 20, 4, 34, 26, 4))).toBeCloseTo(Math.PI * 16 + 8 * Math.hypot(22, 6), -1)
    // One disc inside the other.
    expect(paintedArea(capsule(24, 24, 8, 26, 24, 2))).toBeCloseTo(Math.PI * 64, -1)
  })

  it('fade instead of vanishing when they are thinner than a pixel', () => {
    const areas = [0.05, 0.1, 0.2, 0.4].map((r) => paintedArea(disc(20.3, 20.7, r)))
    areas.forEach((area, i) => expect(area).toBeGreaterThan(areas[i - 1] ?? 0))
    expect(areas[3]).toBeLessThan(0.8)
  })

  it('stay inside their boxes', () => {
    const shapes = [
      capsule(10, 12, 3, 30, 25, 6),
      ellipse(20, 22, 9, 3, 0.7),
      polygon(
        [
          [8, 9],
          [30, 12],
          [18, 30],
        ],
        3,
      ),
    ]
    for (const shape of shapes) {
      for (let y = -5; y < 50; y++) {
        for (let x = -5; x < 50; x++) {
          const isOutside = x < shape.left || x > shape.right || y < shape.top || y > shape.bottom
          if (isOutside) expect(shape.distance(x, y)).toBeGreaterThan(0)
        }
      }
    }
  })

  it('a wedge opens downwards, stripes paint half', () => {
    expect(paintedArea(wedge(24, 8, 0.5, 48))).toBeCloseTo(0.5 * 40 * 40, -2)
    const mask = stripes(3.3, 5.7, false)
    const rows = Array.from({ length: 570 }, (_, i) => mask(0, i + 0.5))
    expect(rows.reduce((sum, share) => sum + share, 0) / rows.length).toBeCloseTo(0.5, 2)
  })
})

describe('fillRows', () => {
  it('paints parts of rows and leaves the rest', () => {
    const raster = createRaster(4)
    fillRows(raster, 1.5, 3, [0, 0, 0], [0, 0, 0])
    expect([0, 1, 2, 3].map((row) => raster.pixels[row * 16])).toEqual([255, 128, 0, 255])
  })
})
