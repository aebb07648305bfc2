import { describe, expect, it } from 'vitest'
import { areaAverage, AreaAverage } from './area-average.ts'

/** RGBA of an image whose red, green and blue at (x, y) are given. */
function image(
  width: number,
  height: number,
  at: (x: number, y: number) => readonly [number, number, number],
): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray(width * height * 4)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) rgba.set([...at(x, y), 255], (y * width + x) * 4)
  return rgba
}

const size = (width: number, height: number): { width: number; height: number } => ({ width, height })

describe('areaAverage', () => {
  it('leaves pixels as they are where the size is already right', () => {
    const rgba = image(5, 3, (x, y) => [x * 50, y * 100, x + y])
    const rgb = areaAverage(rgba, 4, size(5, 3), size(5, 3))
    expect([...rgb]).toEqual(
      Array.from({ length: 15 }, (_, pixel) => [...rgba.slice(pixel * 4, pixel * 4 + 3)]).flat(),
    )
  })

  it('averages whole boxes at a whole ratio', () => {
    const rgba = image(4, 2, (x, y) => [x * 10, y * 100, 7])
    expect([...areaAverage(rgba, 4, size(4, 2), size(2, 1))]).toEqual([5, 50, 7, 25, 50, 7])
  })

  it('counts a pixel that is covered in part in part', () => {
    // Three pixels onto two: 0 and half of 90, half of 90 and 30, each over 1.5 pixels.
    const rgba = image(3, 1, (x) => [[0, 90, 30][x] ?? 0, 0, 0])
    const rgb = areaAverage(rgba, 4, size(3, 1), size(2, 1))
    expect([rgb[0], rgb[3]]).toEqual([30, 50])
  })

  it('does not alias: the finest chessboard becomes an even grey at any ratio', () => {
    const rgba = image(330, 330, (x, y) => ((x + y) % 2 === 0 ? [255, 255, 255] : [0, 0, 0]))
    for (const value of areaAverage(rgba, 4, size(330, 330), size(32, 32)))
      expect(Math.abs(value - 127.5)).toBeLessThan(3)
  })

  it('keeps the mean when it enlarges', () => {
    const rgba = image(3, 3, (x, y) => [x * 100, y * 100, 50])
    const rgb = areaAverage(rgba, 4, size(3, 3), size(8, 8))
    const mean = (channel: number): number =>
      rgb.filter((_, index) => index % 3 === channel).reduce((sum, value) => sum + value, 0) / 64
    expect(mean(0)).toBeCloseTo(100, 0)
    expect(mean(1)).toBeCloseTo(100, 0)
    expect(mean(2)).toBe(50)
  })

  it('takes rows in parts, and three channels as well as four', () => {
    const rgba = image(50, 37, (x, y) => [x * 5, y * 6, (x * y) % 256])
    const rgb = Uint8Array.from(rgba.filter((_, index) => index % 4 !== 3))
    const whole = areaAverage(rgba, 4, size(50, 37), size(7, 9))
    expect(areaAverage(rgb, 3, size(50, 37), size(7, 9))).toEqual(whole)
    const average = new AreaAverage(size(50, 37), size(7, 9))
    for (let row = 0; row < 37; row += 10) average.add(rgb, 3, Math.min(10, 37 - row), row * 150, 150)
    expect(average.finish()).toEqual(whole)
  })
})
