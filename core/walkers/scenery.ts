import type { Background } from './background.ts'
import type { Lens } from './lens.ts'
import { fill, fillRows, mixed, scaled, type Raster, type Rgb } from './raster.ts'
import { capsule, ellipse, polygon, wedge } from './shapes.ts'

type Thing = Background['things'][number]

/**
 * Sky, hills, trees and houses on the horizon, the ground, and the path that everybody walks on. `lit`
 * applies the light.
 */
export function drawScenery(
  raster: Raster,
  background: Background,
  lens: Lens,
  lit: (color: Rgb) => Rgb,
): void {
  const { size } = raster
  const { horizon, middle } = lens
  fillRows(raster, 0, horizon, lit(background.skyTop), lit(background.skyBottom))
  const shift = middle - size / 2
  for (const { x, width, height } of background.clouds)
    drawCloud(raster, x * size + shift, horizon - height * size, width * size, lit)
  for (const hill of background.hills) {
    fill(
      raster,
      ellipse(hill.x * size + shift, horizon, (hill.width * size) / 2, hill.height * size),
      lit(hill.color),
    )
  }
  fillRows(raster, horizon, size, lit(background.groundTop), lit(background.groundBottom))
  for (const thing of background.things) drawThing(raster, thing, thing.x * size + shift, horizon, lit)
  for (const { x, y, color } of background.tufts) {
    const radius = (0.006 + 0.02 * y) * size
    fill(raster, ellipse(x * size + shift, horizon + y * size, radius * 1.5, radius * 0.7), lit(color), {
      alpha: 0.75,
    })
  }
  const verge = lit(mixed(background.path, background.groundBottom, 0.55))
  fill(raster, wedge(middle, horizon - 0.035 * size, background.pathSpread * 1.07, size), verge, {
    mask: below(horizon),
  })
  fill(raster, wedge(middle, horizon - 0.035 * size, background.pathSpread, size), lit(background.path), {
    mask: below(horizon),
  })
}

const below =
  (edge: number) =>
  (_x: number, y: number): number =>
    Math.max(0, Math.min(1, y - edge + 0.5))

function drawCloud(raster: Raster, x: number, y: number, width: number, lit: (color: Rgb) => Rgb): void {
  const white = lit([252, 252, 255])
  fill(raster, capsule(x - 0.32 * width, y, 0.13 * width, x + 0.34 * width, y, 0.14 * width), white, {
    alpha: 0.8,
  })
  fill(raster, ellipse(x + 0.02 * width, y - 0.13 * width, 0.24 * width, 0.2 * width), white, { alpha: 0.8 })
}

function drawThing(raster: Raster, thing: Thing, x: number, horizon: number, lit: (color: Rgb) => Rgb): void {
  const { size } = raster
  const foot = horizon + 0.012 * size
  const width = thing.width * size
  const height = thing.height * size
  const color = lit(thing.color)
  const trunk = (share: number): void =>
    fill(raster, capsule(x, foot, 0.06 * width, x, foot - share * height, 0.05 * width), lit([112, 82, 62]))
  switch (thing.kind) {
    case 'tree':
      trunk(0.5)
      fill(raster, ellipse(x, foot - 0.66 * height, 0.5 * width, 0.4 * height), color)
      fill(
        raster,
        ellipse(x - 0.12 * width, foot - 0.76 * height, 0.26 * width, 0.2 * height),
        scaled(color, 1.1),
        { alpha: 0.6 },
      )
      return
    case 'fir':
      trunk(0.2)
      fill(
        raster,
        polygon(
          [
            [x, foot - height],
            [x + 0.34 * width, foot - 0.16 * height],
            [x - 0.34 * width, foot - 0.16 * height],
          ],
          0.03 * width,
        ),
        color,
      )
      return
    case 'house': {
      const eaves = foot - 0.6 * height
      fill(
        raster,
        polygon([
          [x - 0.45 * width, foot],
          [x - 0.45 * width, eaves],
          [x + 0.45 * width, eaves],
          [x + 0.45 * width, foot],
        ]),
        color,
      )
      fill(
        raster,
        polygon([
          [x - 0.55 * width, eaves],
          [x, foot - height],
          [x + 0.55 * width, eaves],
        ]),
        scaled(color, 0.68),
      )
      for (const side of [-0.2, 0.2]) {
        const left = x + (side - 0.09) * width
        const top = eaves + 0.14 * height
        fill(
          raster,
          polygon([
            [left, top],
            [left + 0.18 * width, top],
            [left + 0.18 * width, top + 0.2 * height],
            [left, top + 0.2 * height],
          ]),
          scaled(color, 0.5),
        )
      }
      return
    }
    default:
      return thing.kind satisfies never
  }
}
