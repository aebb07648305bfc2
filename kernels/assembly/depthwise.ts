import { depthwiseConv } from './frame-depthwise'
import { placeImage } from './tiles'

// Convolutions of [batch, height, width, channels] with 3x3 taps for each channel by itself; channels are a multiple of 4, stride is 1 or 2.
// Shapes are those of the forward convolution; top and left are its rows and columns of zeros before the first, at most 2.

/** Rows or columns that the taps see: `before` zeros, the image, and zeros as far as the last output reads. */
// @ts-ignore: decorator
@inline
function bordered(extent: i32, out: i32, before: i32, stride: i32): i32 {
  return max(before + extent, (out - 1) * stride + 3)
}

/** Bytes of `scratch`: a filter, a bias and an image in its border, or an output gradient spread out to the size of one. */
export function depthwiseScratchBytes(height: i32, width: i32, channels: i32): i32 {
  return (10 + (height + 4) * (width + 4)) * channels * 4
}

/** y = x ∗ filter [3, 3, channels]. */
export function depthwise(
  x: usize, filter: usize, y: usize, scratch: usize,
  batch: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32, top: i32, left: i32, stride: i32,
): void {
  const pixel = channels * 4
  const bias = scratch + 9 * pixel
  const corner = bias + pixel
  const pitch = bordered(width, outWidth, left, stride) * pixel
  memory.fill(bias, 0, pixel + bordered(height, outHeight, top, stride) * pitch)
  for (let image = 0; image < batch; image++) {
    placeImage(x + image * height * width * pixel, height, width * pixel, corner + top * pitch + left * pixel, pitch)
    depthwiseConv(
      corner, pitch, channels, filter, bias, y + image * outHeight * outWidth * pixel, outWidth * pixel,
      outHeight, outWidth, stride, -Infinity,
    )
  }
}

/**
 * Gradient of `depthwise` with respect to its input: dy, filter → dx. It is a convolution itself, of dy with `stride - 1` zeros between its
 * pixels and the filter turned by 180°.
 */
export function depthwiseInputGradient(
  dy: usize, filter: usize, dx: usize, scratch: usize,
  batch: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32, top: i32, left: i32, stride: i32,
): void {
  const pixel = channels * 4
  const turned = scratch
  const bias = turned + 9 * pixel
  const corner = bias + pixel
  const pitch = (width + 2) * pixel
  for (let tap = 0; tap < 9; tap++) memory.copy(turned + tap * pixel, filter + (8 - tap) * pixel, pixel)
  memory.fill(bias, 0, pixel + (height + 2) * pitch)
  const first = corner + (2 - top) * pitch + (2 - left) * pixel
  for (let image = 0; image < batch; image++) {
    for (let row = 0; row < outHeight; row++) {
      const source = dy + (image * outHeight + row) * outWidth * pixel
      const target = first + row * stride * pitch
      if (stride == 1) memory.copy(target, source, outWidth * pixel)
      else for (let column = 0; column < outWidth; column++) memory.copy(target + column * stride * pixel, source + column * pixel, pixel)
    }
    depthwiseConv(
      corner, pitch, channels, turned, bias, dx + image * height * width * pixel, width * pixel,
      height, width, 1, -Infinity,
    )
  }
}

// @ts-ignore: decorator
@inline
function addTo(place: usize, value: v128): void {
  v128.store(place, f32x4.add(v128.load(place), value))
}

/** Gradient of `depthwise` with respect to its filter: x, dy → dw [3, 3, channels]. Sums over a row of dy, then over the rows. */
export function depthwiseFilterGradient(
  x: usize, dy: usize, dw: usize, scratch: usize,
  batch: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32, top: i32, left: i32, stride: i32,
): void {
  const pixel = channels * 4
  const step = stride * pixel
  const pitch = bordered(width, outWidth, left, stride) * pixel
  memory.fill(scratch, 0, bordered(height, outHeight, top, stride) * pitch)
  memory.fill(dw, 0, 9 * pixel)
  for (let image = 0; image < batch; image++) {
    placeImage(x + image * height * width * pixel, height, width * pixel, scratch + top * pitch + left * pixel, pitch)
    for (let row = 0; row < outHeight; row++) {
      for (let offset: i32 = 0; offset < pixel; offset += 16) {
        let from = scratch + row * stride * pitch + offset
        let gradient = dy + (image * outHeight + row) * outWidth * pixel + offset
        let a = f32x4.splat(0)
        let b = a
        let c = a
        let d = a
        let e = a
        let f = a
        let g = a
        let h = a
        let i = a
        for (let column = 0; column < outWidth; column++) {
          const value = v128.load(gradient)
          const below = from + pitch
          const lowest = below + pitch
          a = f32x4.add(a, f32x4.mul(v128.load(from), value))
          b = f32x4.add(b, f32x4.mul(v128.load(from + pixel), value))
          c = f32x4.add(c, f32x4.mul(v128.load(from + 2 * pixel), value))
          d = f32x4.add(d, f32x4.mul(v128.load(below), value))
          e = f32x4.add(e, f32x4.mul(v128.load(below + pixel), value))
          f = f32x4.add(f, f32x4.mul(v128.load(below + 2 * pixel), value))
          g = f32x4.add(g, f32x4.mul(v128.load(lowest), value))
          h = f32x4.add(h, f32x4.mul(v128.load(lowest + pixel), value))
          i = f32x4.add(i, f32x4.mul(v128.load(lowest + 2 * pixel), value))
          from += step
          gradient += pixel
        }
        const target = dw + offset
        addTo(target, a)
        addTo(target + pixel, b)
        addTo(target + 2 * pixel, c)
        addTo(target + 3 * pixel, d)
        addTo(target + 4 * pixel, e)
        addTo(target + 5 * pixel, f)
        addTo(target + 6 * pixel, g)
        addTo(target + 7 * pixel, h)
        addTo(target + 8 * pixel, i)
      }
    }
  }
}
