import type { Drawing } from './drawing.ts'
import type { Arm, Leg, Point } from './gait.ts'
import { drawBackHair, drawHead } from './head.ts'
import { fill, scaled, type Rgb } from './raster.ts'
import { capsule, disc, ellipse, polygon } from './shapes.ts'
import { drawTorso } from './torso.ts'

/** Back to front: shadow, legs, hair behind, arms behind, trunk, arms in front, head. */
export function drawFigure(drawing: Drawing): void {
  const { raster, walker, pose, lens } = drawing
  drawShadow(drawing)
  const [first, second] = pose.legs
  for (const leg of first.ankle.z < second.ankle.z ? [first, second] : [second, first]) drawLeg(drawing, leg)
  drawHips(drawing)
  const head = lens.project(pose.head)
  drawBackHair(raster, walker, head, drawing.lit)
  const isInFront = (arm: Arm): boolean => arm.hand.z > 0.02
  for (const arm of pose.arms) if (!isInFront(arm)) drawArm(drawing, arm)
  drawTorso(drawing)
  for (const arm of pose.arms) if (isInFront(arm)) drawArm(drawing, arm)
  drawHead(raster, walker, head, drawing.lit, drawing.shade, drawing.isBlinking)
}

/** A limb between two joints, radii in metres. */
function drawLimb(
  { raster, lens, shade }: Drawing,
  from: Point,
  radiusFrom: number,
  to: Point,
  radiusTo: number,
  color: Rgb,
): void {
  const a = lens.project(from)
  const b = lens.project(to)
  fill(raster, capsule(a.x, a.y, radiusFrom * a.scale, b.x, b.y, radiusTo * b.scale), color, {
    shade: shade / 2,
  })
}

const towards = (from: Point, to: Point, share: number): Point => ({
  x: from.x + (to.x - from.x) * share,
  y: from.y + (to.y - from.y) * share,
  z: from.z + (to.z - from.z) * share,
})

function drawShadow({ raster, lens, pose, walker, session }: Drawing): void {
  const { x, y, scale } = lens.project({ x: pose.pelvis.x - 0.12 * session.light.direction, y: 0, z: 0 })
  const width = (walker.body.shoulderWidth * 0.5 + 0.16) * scale
  const height = 0.075 * scale
  const mask = (px: number, py: number): number =>
    Math.max(0, 1 - ((px - x) / width) ** 2 - ((py - y) / height) ** 2)
  fill(raster, ellipse(x, y, width, height), [20, 20, 34], { alpha: 0.5, mask })
}

function drawLeg(drawing: Drawing, { hip, knee, ankle, toe }: Leg): void {
  const { walker, session, lit } = drawing
  const { clothes } = session
  const radius = walker.body.limbRadius
  const loose = clothes.looseness
  // The leg further back is a little darker, so that the two can be told apart.
  const depth = ankle.z < 0 ? 0.9 : 1
  const cloth = scaled(lit(clothes.trousers), depth)
  const skin = scaled(lit(walker.skin), depth * 0.96)
  const shoe = scaled(lit(clothes.shoes), depth)
  if (clothes.hasShorts) {
    drawLimb(drawing, knee, radius * 1.15, ankle, radius * 0.8, skin)
    drawLimb(drawing, hip, radius * 1.75, knee, radius * 1.2, skin)
    drawLimb(drawing, hip, radius * 1.85 + loose, towards(hip, knee, 0.78), radius * 1.5 + loose, cloth)
  } else {
    drawLimb(drawing, hip, radius * 1.85, knee, radius * 1.25 + loose, cloth)
    drawLimb(drawing, knee, radius * 1.25 + loose, towards(knee, ankle, 0.93), radius * 0.95 + loose, cloth)
  }
  const sole = (point: Point): Point => ({ ...point, y: point.y - 0.02 })
  drawLimb(drawing, sole(ankle), 0.05, sole(toe), 0.064, scaled(shoe, 0.66))
  drawLimb(drawing, ankle, 0.052, toe, 0.062, shoe)
}

function drawHips(drawing: Drawing): void {
  const { raster, walker, session, pose, lens, lit } = drawing
  const { x, y, scale } = lens.project(pose.pelvis)
  const half = (walker.body.hipWidth / 2) * scale
  const rounding = 0.05 * scale
  const top = y + 0.02 * scale
  const bottom = y + 0.05 * scale
  const area = polygon(
    [
      [x - half + rounding, top],
      [x + half - rounding, top],
      [x + half - rounding, bottom],
      [x, bottom + 0.05 * scale],
      [x - half + rounding, bottom],
    ],
    rounding,
  )
  fill(raster, area, lit(session.clothes.trousers))
}

function drawArm(drawing: Drawing, { shoulder, elbow, hand }: Arm): void {
  const { raster, walker, session, lens, lit } = drawing
  const { clothes } = session
  const radius = walker.body.limbRadius
  const loose = clothes.looseness * 0.7
  const depth = hand.z < 0 ? 0.86 : 0.93
  const skin = scaled(lit(walker.skin), depth + 0.04)
  const cloth = scaled(lit(clothes.top), depth)
  const palm = lens.project(hand)
  if (clothes.hasLongSleeves) {
    drawLimb(drawing, elbow, radius * 0.95 + loose, towards(elbow, hand, 0.82), radius * 0.78 + loose, cloth)
    drawLimb(drawing, shoulder, radius * 1.15 + loose, elbow, radius * 0.95 + loose, cloth)
  } else {
    drawLimb(drawing, elbow, radius * 0.9, hand, radius * 0.72, skin)
    drawLimb(drawing, shoulder, radius, elbow, radius * 0.9, skin)
    drawLimb(
      drawing,
      shoulder,
      radius * 1.2 + loose,
      towards(shoulder, elbow, 0.6),
      radius * 1.15 + loose,
      cloth,
    )
  }
  fill(raster, disc(palm.x, palm.y, 0.05 * palm.scale), skin)
}
