import type { Drawing } from './drawing.ts'
import { coverage, fill, scaled, type Shape } from './raster.ts'
import { capsule, ellipse, polygon, stripes } from './shapes.ts'

/** Neck, shirt with its pattern, and collar. */
export function drawTorso(drawing: Drawing): void {
  const { raster, walker, session, pose, lens, lit, shade } = drawing
  const { body } = walker
  const { clothes } = session
  const chest = lens.project(pose.chest)
  const waist = lens.project({
    x: (pose.pelvis.x + pose.chest.x) / 2,
    y: pose.pelvis.y + (pose.chest.y - pose.pelvis.y) * 0.36,
    z: 0,
  })
  const hem = lens.project({ x: pose.pelvis.x, y: pose.pelvis.y - 0.015, z: 0 })
  const head = lens.project(pose.head)
  const { scale } = chest

  const rounding = 0.045 * scale
  const shoulder = (body.shoulderWidth / 2) * scale - rounding
  const neck = body.headWidth * 0.3 * scale
  const middle = ((body.shoulderWidth + body.hipWidth) / 4) * body.waist * scale - rounding
  const hip = (body.hipWidth / 2 + clothes.looseness) * scale - rounding * 0.8
  const collar = chest.y - body.shoulderDrop * scale * 0.9 + rounding
  const shoulderLine = chest.y + rounding + 0.005 * scale
  const shirt = polygon(
    [
      [chest.x - neck, collar],
      [chest.x + neck, collar],
      [chest.x + shoulder, shoulderLine],
      [chest.x + shoulder * 0.93, chest.y + 0.16 * scale],
      [waist.x + middle, waist.y],
      [hem.x + hip, hem.y],
      [hem.x - hip, hem.y],
      [waist.x - middle, waist.y],
      [chest.x - shoulder * 0.93, chest.y + 0.16 * scale],
      [chest.x - shoulder, shoulderLine],
    ],
    rounding,
  )
  const skin = lit(walker.skin)
  fill(raster, shirt, lit(clothes.top), { shade })
  drawPattern(drawing, shirt, chest.x, chest.y, hem.y, scale)
  const throat = chest.y - body.shoulderDrop * scale * 0.6
  fill(raster, ellipse(chest.x, throat, neck * 1.12, 0.05 * scale), scaled(skin, 0.9))
  fill(raster, capsule(chest.x, throat, neck * 0.94, head.x, head.y, neck * 0.9), scaled(skin, 0.84))
}

function drawPattern(
  { raster, session, lit, shade }: Drawing,
  shirt: Shape,
  x: number,
  top: number,
  bottom: number,
  scale: number,
): void {
  const { pattern, trim } = session.clothes
  const color = lit(trim)
  const clip = (px: number, py: number): number => coverage(shirt, px, py)
  switch (pattern) {
    case 'plain':
      return
    case 'stripes':
      fill(raster, shirt, color, { shade, mask: stripes(top, 0.11 * scale, false) })
      return
    case 'pinstripes':
      fill(raster, shirt, color, { shade, alpha: 0.5, mask: stripes(x - 0.015 * scale, 0.06 * scale, true) })
      return
    case 'band': {
      const y = top + (bottom - top) * 0.32
      fill(raster, capsule(x - scale, y, 0.055 * scale, x + scale, y, 0.055 * scale), color, { mask: clip })
      return
    }
    case 'jacket':
      fill(
        raster,
        polygon([
          [x - 0.075 * scale, top - 0.06 * scale],
          [x + 0.075 * scale, top - 0.06 * scale],
          [x + 0.035 * scale, bottom + 0.1 * scale],
          [x - 0.035 * scale, bottom + 0.1 * scale],
        ]),
        color,
        { mask: clip },
      )
      return
    default:
      return pattern satisfies never
  }
}
