import { madd } from './madd'

/**
 * y = x ∗ filter + bias with 3x3 taps for each channel by itself, not below `floor`. Channels are a multiple of 4.
 *
 * @param x corner of the bordered input, rows `pitch` bytes apart
 * @param filter [3, 3, channels]
 * @param y where the first pixel comes to lie, rows `yPitch` bytes apart
 */
export function depthwiseConv(
  x: usize, pitch: i32, channels: i32, filter: usize, bias: usize, y: usize, yPitch: i32,
  outHeight: i32, outWidth: i32, stride: i32, floor: f32,
): void {
  const pixel = channels * 4
  const step = stride * pixel
  const least = f32x4.splat(floor)
  // Row by row, so that the three rows of the input stay in the cache for all groups of channels.
  for (let row = 0; row < outHeight; row++) {
    const top = x + row * stride * pitch
    const target = y + row * yPitch
    for (let offset: i32 = 0; offset < pixel; offset += 16) {
      const w = filter + offset
      const w0 = v128.load(w)
      const w1 = v128.load(w + pixel)
      const w2 = v128.load(w + 2 * pixel)
      const w3 = v128.load(w + 3 * pixel)
      const w4 = v128.load(w + 4 * pixel)
      const w5 = v128.load(w + 5 * pixel)
      const w6 = v128.load(w + 6 * pixel)
      const w7 = v128.load(w + 7 * pixel)
      const w8 = v128.load(w + 8 * pixel)
      const start = v128.load(bias + offset)
      let from = top + offset
      let to = target + offset
      let column = 0
      if (stride == 1) {
        // Two outputs at a time share half of what they read.
        for (; column + 1 < outWidth; column += 2) {
          let line = from
          let a = v128.load(line)
          let b = v128.load(line + pixel)
          let c = v128.load(line + 2 * pixel)
          let d = v128.load(line + 3 * pixel)
          let left = madd(c, w2, madd(b, w1, madd(a, w0, start)))
          let right = madd(d, w2, madd(c, w1, madd(b, w0, start)))
          line += pitch
          a = v128.load(line)
          b = v128.load(line + pixel)
          c = v128.load(line + 2 * pixel)
          d = v128.load(line + 3 * pixel)
          left = madd(c, w5, madd(b, w4, madd(a, w3, left)))
          right = madd(d, w5, madd(c, w4, madd(b, w3, right)))
          line += pitch
          a = v128.load(line)
          b = v128.load(line + pixel)
          c = v128.load(line + 2 * pixel)
          d = v128.load(line + 3 * pixel)
          left = madd(c, w8, madd(b, w7, madd(a, w6, left)))
          right = madd(d, w8, madd(c, w7, madd(b, w6, right)))
          v128.store(to, f32x4.pmax(left, least))
          v128.store(to + pixel, f32x4.pmax(right, least))
          from += 2 * pixel
          to += 2 * pixel
        }
      }
      for (; column < outWidth; column++) {
        const below = from + pitch
        const lowest = below + pitch
        // Two sums: the second does not wait for the first.
        let sum = madd(v128.load(from), w0, start)
        let other = f32x4.mul(v128.load(from + pixel), w1)
        sum = madd(v128.load(from + 2 * pixel), w2, sum)
        other = madd(v128.load(below), w3, other)
        sum = madd(v128.load(below + pixel), w4, sum)
        other = madd(v128.load(below + 2 * pixel), w5, other)
        sum = madd(v128.load(lowest), w6, sum)
        other = madd(v128.load(lowest + pixel), w7, other)
        sum = madd(v128.load(lowest + 2 * pixel), w8, sum)
        v128.store(to, f32x4.pmax(f32x4.add(sum, other), least))
        from += step
        to += pixel
      }
    }
  }
}
