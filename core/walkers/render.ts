import type { Walker } from './body.ts'
import { drawFigure } from './figure.ts'
import { poseAt, walkingSpeed } from './gait.ts'
import { createLens, farDistance, nearDistance } from './lens.ts'
import { createRaster, type Rgb } from './raster.ts'
import { drawScenery } from './scenery.ts'
import type { Session } from './session.ts'

export interface RenderOptions {
  readonly walker: Walker
  readonly session: Session
  /** Seconds since the recording began. The walk starts over each `walkSeconds`. */
  readonly time: number
  /** Width and height in pixels. */
  readonly size: number
}

/** How long somebody takes from where they come into sight to where they stand before the camera. */
export const walkSeconds = (walker: Walker): number => (farDistance - nearDistance) / walkingSpeed(walker)

/**
 * One frame: RGBA, `size * size * 4` bytes, rows from the top, opaque. The same arguments give the same
 * bytes.
 */
export function renderWalker({ walker, session, time, size }: RenderOptions): Uint8ClampedArray<ArrayBuffer> {
  const raster = createRaster(size)
  const { camera, light, background } = session
  const duration = walkSeconds(walker)
  const walked = time - Math.floor(time / duration) * duration
  const lens = createLens(camera, time, farDistance - walkingSpeed(walker) * walked, size)
  const lit = ([red, green, blue]: Rgb): Rgb => [
    red * light.tint[0],
    green * light.tint[1],
    blue * light.tint[2],
  ]
  drawScenery(raster, background, lens, lit)
  drawFigure({
    raster,
    walker,
    session,
    pose: poseAt(walker, time, session.phase),
    lens,
    shade: 0.13 * light.direction,
    isBlinking: (time + session.phase * 3) % 3.1 < 0.13,
    lit,
  })
  return raster.pixels
}
