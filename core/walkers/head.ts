import type { Walker } from './body.ts'
import type { Spot } from './lens.ts'
import { coverage, fill, mixed, scaled, type Raster, type Rgb } from './raster.ts'
import { capsule, disc, ellipse } from './shapes.ts'

/** A head in pixels: its middle, half its width and its height. */
interface Frame {
  readonly x: number
  readonly top: number
  readonly half: number
  readonly height: number
}

const frameOf = ({ body }: Walker, { x, y, scale }: Spot): Frame => ({
  x,
  top: y - (body.headHeight * scale) / 2,
  half: (body.headWidth * scale) / 2,
  height: body.headHeight * scale,
})

/** Skull and chin as one outline, grown by `grow` pixels. */
function outline({ x, top, half, height }: Frame, jaw: number, grow = 0): ReturnType<typeof capsule> {
  const chin = half * jaw
  return capsule(x, top + half, half + grow, x, top + height - chin, chin + grow)
}

const smooth = (value: number): number => (value <= 0 ? 0 : value >= 1 ? 1 : value)

/** Hair that hangs or stands behind head and shoulders: to be drawn before them. */
export function drawBackHair(raster: Raster, walker: Walker, spot: Spot, lit: (color: Rgb) => Rgb): void {
  const frame = frameOf(walker, spot)
  const { x, top, half, height } = frame
  const { shape, volume, color } = walker.hair
  const dark = lit(scaled(color, 0.86))
  const skull = top + half
  switch (shape) {
    case 'crop':
      return
    case 'bun':
      fill(raster, disc(x, top - 0.1 * height, half * (0.38 + 0.24 * volume)), dark)
      return
    case 'bob':
      fill(
        raster,
        capsule(
          x,
          skull,
          half * (1.14 + 0.16 * volume),
          x,
          top + height * (0.78 + 0.16 * volume),
          half * (1.12 + 0.3 * volume),
        ),
        dark,
      )
      return
    case 'long':
      fill(
        raster,
        capsule(
          x,
          skull,
          half * 1.16,
          x,
          top + height * (1.2 + 0.55 * volume),
          half * (1.15 + 0.25 * volume),
        ),
        dark,
      )
      return
    case 'curls': {
      const reach = half * (0.92 + 0.3 * volume)
      for (let i = 0; i <= 8; i++) {
        const angle = Math.PI * (0.94 + (1.12 * i) / 8)
        fill(
          raster,
          disc(x + reach * Math.cos(angle), skull + reach * Math.sin(angle), half * (0.36 + 0.14 * volume)),
          dark,
        )
      }
      return
    }
    default:
      return shape satisfies never
  }
}

/** Head, face and the hair over the forehead. `shade` is the light from the side. */
export function drawHead(
  raster: Raster,
  walker: Walker,
  spot: Spot,
  lit: (color: Rgb) => Rgb,
  shade: number,
  isBlinking: boolean,
): void {
  const { hair, body } = walker
  const frame = frameOf(walker, spot)
  const { x, top, half, height } = frame
  const skin = lit(walker.skin)
  const face = outline(frame, body.jaw)
  if (hair.shape === 'crop' || hair.shape === 'bun') {
    for (const side of [-1, 1])
      fill(
        raster,
        ellipse(x + side * half * 0.98, top + 0.56 * height, 0.08 * height, 0.11 * height),
        scaled(skin, 0.9),
      )
  }
  fill(raster, face, skin, { shade })
  if (hair.hasBeard) {
    const line = top + 0.66 * height
    const soft = 0.05 * height
    const mask = (px: number, py: number): number =>
      smooth((py - line + (0.16 * height * Math.abs(px - x)) / half) / soft)
    fill(raster, outline(frame, body.jaw, 0.02 * height), lit(scaled(hair.color, 1.1)), { mask, alpha: 0.92 })
  }
  drawFace(raster, walker, frame, lit, isBlinking)
  drawFringe(raster, walker, frame, lit, shade)
}

function drawFace(
  raster: Raster,
  { hair, body, skin }: Walker,
  { x, top, half, height }: Frame,
  lit: (color: Rgb) => Rgb,
  isBlinking: boolean,
): void {
  const eyeLine = top + 0.54 * height
  const eyeOffset = body.eyeSpacing * half
  const dark = lit([48, 36, 38])
  const blush = lit(mixed(skin, [214, 84, 84], 0.4))
  for (const side of [-1, 1]) {
    const ex = x + side * eyeOffset
    fill(raster, ellipse(x + side * half * 0.58, top + 0.68 * height, 0.085 * height, 0.06 * height), blush, {
      alpha: 0.45,
    })
    fill(raster, ellipse(ex, eyeLine, 0.04 * height, (isBlinking ? 0.008 : 0.056) * height), dark)
    if (!isBlinking)
      fill(raster, disc(ex + 0.012 * height, eyeLine - 0.018 * height, 0.013 * height), [255, 255, 255])
    const browLine = eyeLine - 0.115 * height
    const thickness = body.brow * height
    const inner = ex - side * 0.055 * height
    fill(
      raster,
      capsule(
        inner,
        browLine,
        thickness,
        ex + side * 0.065 * height,
        browLine + 0.01 * height,
        thickness * 0.7,
      ),
      lit(scaled(hair.color, 0.8)),
    )
  }
  fill(
    raster,
    capsule(x, top + 0.6 * height, 0.016 * height, x, top + 0.655 * height, 0.026 * height),
    lit(scaled(skin, 0.84)),
  )
  const mouth = top + 0.77 * height
  const mask = (_px: number, py: number): number => smooth(py - mouth + 0.5)
  fill(raster, ellipse(x, mouth, 0.135 * height, 0.075 * height), lit([134, 54, 58]), { mask })
}

/**
 * The cap of hair: the head's outline, a little larger, down to a hairline that falls away from the parting.
 */
function drawFringe(
  raster: Raster,
  { hair, body }: Walker,
  frame: Frame,
  lit: (color: Rgb) => Rgb,
  shade: number,
): void {
  const { x, top, half, height } = frame
  const hangs = hair.shape === 'bob' || hair.shape === 'long'
  const grow = height * (hair.shape === 'bun' ? 0.02 : 0.03 + 0.05 * hair.volume)
  const cap = outline(frame, body.jaw, grow)
  const line = top + hair.forehead * height
  const mask = (px: number, py: number): number => {
    const across = (px - x) / half
    const fall = 0.1 * Math.abs(across - hair.part) - 0.08
    const temple = (hangs ? 0.5 : 0.22) * across ** (hangs ? 6 : 4)
    return smooth(line + height * (fall + temple) - py + 0.5)
  }
  const color = lit(hair.color)
  fill(raster, cap, color, { shade, mask })
  if (hair.shape !== 'curls') return
  const skull = top + half
  for (let i = 0; i <= 6; i++) {
    const angle = Math.PI * (1.08 + (0.84 * i) / 6)
    const curl = disc(
      x + 0.84 * half * Math.cos(angle),
      skull + 0.84 * half * Math.sin(angle),
      half * (0.3 + 0.06 * hair.volume),
    )
    fill(raster, curl, color, { shade, mask: (px, py) => 1 - 0.25 * coverage(cap, px, py) })
  }
}
