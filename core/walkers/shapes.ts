import type { Shape } from './raster.ts'

/**
 * Half a pixel: what is thinner is drawn this thin, and fainter in proportion, so that its paint is right.
 */
const thinnest = 0.5

const thinGain = (radius: number): number => (radius < thinnest ? Math.max(0, radius) / thinnest : 1)

/** Two discs and the tangents between them: a limb. Radii and places in pixels. */
export function capsule(
  ax: number,
  ay: number,
  radiusA: number,
  bx: number,
  by: number,
  radiusB: number,
): Shape {
  const gain = thinGain((radiusA + radiusB) / 2)
  const ra = Math.max(thinnest, radiusA)
  const rb = Math.max(thinnest, radiusB)
  const length = Math.max(1e-6, Math.hypot(bx - ax, by - ay))
  const ux = (bx - ax) / length
  const uy = (by - ay) / length
  // The tangent leans by asin((ra - rb) / length); one disc inside the other leans all the way.
  const sine = Math.max(-1, Math.min(1, (ra - rb) / length))
  const cosine = Math.sqrt(1 - sine * sine)
  return {
    left: Math.min(ax - ra, bx - rb),
    right: Math.max(ax + ra, bx + rb),
    top: Math.min(ay - ra, by - rb),
    bottom: Math.max(ay + ra, by + rb),
    gain,
    distance: (x, y) => {
      const along = (x - ax) * ux + (y - ay) * uy
      const across = Math.abs((x - ax) * uy - (y - ay) * ux)
      const foot = along * cosine - across * sine // where on the tangent the point is nearest to
      if (foot <= 0) return Math.sqrt(along * along + across * across) - ra
      if (foot >= length * cosine)
        return Math.sqrt((along - length) * (along - length) + across * across) - rb
      return across * cosine + along * sine - ra
    },
  }
}

export const disc = (x: number, y: number, radius: number): Shape => ellipse(x, y, radius, radius)

/**
 * Upright, or turned by `angle` radians. The distance is first-order: value over gradient, exact on the edge.
 */
export function ellipse(cx: number, cy: number, radiusX: number, radiusY: number, angle = 0): Shape {
  const gain = thinGain(radiusX) * thinGain(radiusY)
  const rx = Math.max(thinnest, radiusX)
  const ry = Math.max(thinnest, radiusY)
  const cosine = Math.cos(angle)
  const sine = Math.sin(angle)
  const halfWidth = Math.hypot(rx * cosine, ry * sine)
  const halfHeight = Math.hypot(rx * sine, ry * cosine)
  return {
    left: cx - halfWidth,
    right: cx + halfWidth,
    top: cy - halfHeight,
    bottom: cy + halfHeight,
    gain,
    distance: (x, y) => {
      const px = ((x - cx) * cosine + (y - cy) * sine) / rx
      const py = ((y - cy) * cosine - (x - cx) * sine) / ry
      const value = Math.sqrt(px * px + py * py)
      if (value < 1e-6) return -Math.min(rx, ry)
      const gradient = Math.sqrt((px / rx) * (px / rx) + (py / ry) * (py / ry)) / value
      return (value - 1) / gradient
    },
  }
}

/** A closed polygon, `[x, y]` in order, grown by `radius`, which rounds its corners. */
export function polygon(points: readonly (readonly [number, number])[], radius = 0): Shape {
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  const edges = points.map(([x, y], i) => {
    const [nextX, nextY] = points[(i + 1) % points.length] ?? [x, y]
    return {
      x,
      y,
      dx: nextX - x,
      dy: nextY - y,
      squared: Math.max(1e-12, (nextX - x) ** 2 + (nextY - y) ** 2),
    }
  })
  return {
    left: Math.min(...xs) - radius,
    right: Math.max(...xs) + radius,
    top: Math.min(...ys) - radius,
    bottom: Math.max(...ys) + radius,
    gain: 1,
    distance: (x, y) => {
      let nearest = Infinity
      let isInside = false
      for (const edge of edges) {
        const px = x - edge.x
        const py = y - edge.y
        const share = Math.max(0, Math.min(1, (px * edge.dx + py * edge.dy) / edge.squared))
        const ex = px - edge.dx * share
        const ey = py - edge.dy * share
        nearest = Math.min(nearest, ex * ex + ey * ey)
        // Even–odd rule: does a ray to the right cross this edge?
        if (py < 0 !== py < edge.dy && px < (edge.dx * py) / edge.dy) isInside = !isInside
      }
      return (isInside ? -1 : 1) * Math.sqrt(nearest) - radius
    },
  }
}

/**
 * Everything between two lines that meet at (x, y) and open downwards, `spread` pixels to each side a pixel
 * down.
 */
export function wedge(x: number, y: number, spread: number, size: number): Shape {
  const steepness = 1 / Math.hypot(1, spread)
  const reach = spread * Math.max(0, size - y)
  return {
    left: x - reach,
    right: x + reach,
    top: y,
    bottom: size,
    gain: 1,
    distance: (px, py) => (Math.abs(px - x) - spread * (py - y)) * steepness,
  }
}

/**
 * A mask of stripes: `period` pixels from one to the next, half of it painted, averaged over a pixel's width.
 */
export function stripes(
  origin: number,
  period: number,
  isVertical: boolean,
): (x: number, y: number) => number {
  const painted = (value: number): number => Math.floor(value) / 2 + Math.min(0.5, value - Math.floor(value))
  const half = 0.5 / period
  return (x, y) => {
    const place = ((isVertical ? x : y) - origin) / period
    return (painted(place + half) - painted(place - half)) / (2 * half)
  }
}
