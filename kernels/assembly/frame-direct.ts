import { madd } from './madd'

// One frame's convolution of any size, stride and number of channels, without a matrix of patches: a table says where each output's pixel
// begins in the bordered input, and where it goes. Taps of a row and their channels lie side by side in memory, so that they are one run.

/** Weights of so many bytes stay in the first-level cache beside a few pixels. */
const fastBytes: i32 = 24576

/** Filter [taps, outputs] (taps = height · width · inputs) → [outputs / 8][taps][8], filled up with zeros. */
export function packFilter(filter: usize, taps: i32, outputs: i32, target: usize): void {
  for (let first = 0; first < outputs; first += 8) {
    const lanes = min(8, outputs - first)
    for (let tap = 0; tap < taps; tap++) {
      const source = filter + (tap * outputs + first) * 4
      for (let lane = 0; lane < 8; lane++) store<f32>(target + lane * 4, lane < lanes ? load<f32>(source + lane * 4) : 0)
      target += 32
    }
  }
}

/** The first of `lanes` values; nothing behind them is read. */
// @ts-ignore: decorator
@inline
function take(source: usize, lanes: i32): v128 {
  if (lanes >= 4) return v128.load(source)
  let value = v128.load32_zero(source)
  if (lanes > 1) value = v128.load32_lane(source + 4, value, 1)
  if (lanes > 2) value = v128.load32_lane(source + 8, value, 2)
  return value
}

/** Writes the first of 8 values, as many as `lanes`: fewer than 8. */
// @ts-ignore: decorator
@inline
function put(target: usize, low: v128, high: v128, lanes: i32): void {
  if (lanes & 4) {
    v128.store(target, low)
    low = high
    target += 16
  }
  if (lanes & 2) {
    v128.store64_lane(target, low, 0)
    low = i8x16.shuffle(low, low, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)
    target += 8
  }
  if (lanes & 1) v128.store32_lane(target, low, 0)
}

/** Six pixels and all outputs, 8 at a time: `run` values of a row of taps lie side by side, rows of taps `pitch` bytes apart. */
function sixPixels(x: usize, table: usize, pitch: i32, run: i32, rows: i32, w: usize, bias: usize, y: usize, addend: usize, outputs: i32, floor: v128): void {
  let s: v128
  let p: v128
  let q: v128
  for (let lanes = outputs; lanes > 0; lanes -= 8) {
    let a0 = v128.load(bias)
    let a1 = v128.load(bias, 16)
    let b0 = a0
    let b1 = a1
    let c0 = a0
    let c1 = a1
    let d0 = a0
    let d1 = a1
    let e0 = a0
    let e1 = a1
    let f0 = a0
    let f1 = a1
    if (addend) {
      const a = addend + load<i32>(table, 4)
      a0 = f32x4.add(a0, take(a, lanes))
      if (lanes > 4) a1 = f32x4.add(a1, take(a + 16, lanes - 4))
      const b = addend + load<i32>(table, 12)
      b0 = f32x4.add(b0, take(b, lanes))
      if (lanes > 4) b1 = f32x4.add(b1, take(b + 16, lanes - 4))
      const c = addend + load<i32>(table, 20)
      c0 = f32x4.add(c0, take(c, lanes))
      if (lanes > 4) c1 = f32x4.add(c1, take(c + 16, lanes - 4))
      const d = addend + load<i32>(table, 28)
      d0 = f32x4.add(d0, take(d, lanes))
      if (lanes > 4) d1 = f32x4.add(d1, take(d + 16, lanes - 4))
      const e = addend + load<i32>(table, 36)
      e0 = f32x4.add(e0, take(e, lanes))
      if (lanes > 4) e1 = f32x4.add(e1, take(e + 16, lanes - 4))
      const f = addend + load<i32>(table, 44)
      f0 = f32x4.add(f0, take(f, lanes))
      if (lanes > 4) f1 = f32x4.add(f1, take(f + 16, lanes - 4))
      addend += 32
    }
    let corner = x
    for (let row = 0; row < rows; row++) {
      let a = corner + load<i32>(table, 0)
      let b = corner + load<i32>(table, 8)
      let c = corner + load<i32>(table, 16)
      let d = corner + load<i32>(table, 24)
      let e = corner + load<i32>(table, 32)
      let f = corner + load<i32>(table, 40)
      let left = run
      for (; left >= 4; left -= 4) {
        p = v128.load(w, 0)
        q = v128.load(w, 16)
        s = v128.load32_splat(a, 0); a0 = madd(s, p, a0); a1 = madd(s, q, a1)
        s = v128.load32_splat(b, 0); b0 = madd(s, p, b0); b1 = madd(s, q, b1)
        s = v128.load32_splat(c, 0); c0 = madd(s, p, c0); c1 = madd(s, q, c1)
        s = v128.load32_splat(d, 0); d0 = madd(s, p, d0); d1 = madd(s, q, d1)
        s = v128.load32_splat(e, 0); e0 = madd(s, p, e0); e1 = madd(s, q, e1)
        s = v128.load32_splat(f, 0); f0 = madd(s, p, f0); f1 = madd(s, q, f1)
        p = v128.load(w, 32)
        q = v128.load(w, 48)
        s = v128.load32_splat(a, 4); a0 = madd(s, p, a0); a1 = madd(s, q, a1)
        s = v128.load32_splat(b, 4); b0 = madd(s, p, b0); b1 = madd(s, q, b1)
        s = v128.load32_splat(c, 4); c0 = madd(s, p, c0); c1 = madd(s, q, c1)
        s = v128.load32_splat(d, 4); d0 = madd(s, p, d0); d1 = madd(s, q, d1)
        s = v128.load32_splat(e, 4); e0 = madd(s, p, e0); e1 = madd(s, q, e1)
        s = v128.load32_splat(f, 4); f0 = madd(s, p, f0); f1 = madd(s, q, f1)
        p = v128.load(w, 64)
        q = v128.load(w, 80)
        s = v128.load32_splat(a, 8); a0 = madd(s, p, a0); a1 = madd(s, q, a1)
        s = v128.load32_splat(b, 8); b0 = madd(s, p, b0); b1 = madd(s, q, b1)
        s = v128.load32_splat(c, 8); c0 = madd(s, p, c0); c1 = madd(s, q, c1)
        s = v128.load32_splat(d, 8); d0 = madd(s, p, d0); d1 = madd(s, q, d1)
        s = v128.load32_splat(e, 8); e0 = madd(s, p, e0); e1 = madd(s, q, e1)
        s = v128.load32_splat(f, 8); f0 = madd(s, p, f0); f1 = madd(s, q, f1)
        p = v128.load(w, 96)
        q = v128.load(w, 112)
        s = v128.load32_splat(a, 12); a0 = madd(s, p, a0); a1 = madd(s, q, a1)
        s = v128.load32_splat(b, 12); b0 = madd(s, p, b0); b1 = madd(s, q, b1)
        s = v128.load32_splat(c, 12); c0 = madd(s, p, c0); c1 = madd(s, q, c1)
        s = v128.load32_splat(d, 12); d0 = madd(s, p, d0); d1 = madd(s, q, d1)
        s = v128.load32_splat(e, 12); e0 = madd(s, p, e0); e1 = madd(s, q, e1)
        s = v128.load32_splat(f, 12); f0 = madd(s, p, f0); f1 = madd(s, q, f1)
        w += 128
        a += 16
        b += 16
        c += 16
        d += 16
        e += 16
        f += 16
      }
      for (; left > 0; left--) {
        p = v128.load(w)
        q = v128.load(w, 16)
        s = v128.load32_splat(a); a0 = madd(s, p, a0); a1 = madd(s, q, a1)
        s = v128.load32_splat(b); b0 = madd(s, p, b0); b1 = madd(s, q, b1)
        s = v128.load32_splat(c); c0 = madd(s, p, c0); c1 = madd(s, q, c1)
        s = v128.load32_splat(d); d0 = madd(s, p, d0); d1 = madd(s, q, d1)
        s = v128.load32_splat(e); e0 = madd(s, p, e0); e1 = madd(s, q, e1)
        s = v128.load32_splat(f); f0 = madd(s, p, f0); f1 = madd(s, q, f1)
        w += 32
        a += 4
        b += 4
        c += 4
        d += 4
        e += 4
        f += 4
      }
      corner += pitch
    }
    if (lanes >= 8) {
      const a = y + load<i32>(table, 4)
      v128.store(a, f32x4.pmax(a0, floor))
      v128.store(a, f32x4.pmax(a1, floor), 16)
      const b = y + load<i32>(table, 12)
      v128.store(b, f32x4.pmax(b0, floor))
      v128.store(b, f32x4.pmax(b1, floor), 16)
      const c = y + load<i32>(table, 20)
      v128.store(c, f32x4.pmax(c0, floor))
      v128.store(c, f32x4.pmax(c1, floor), 16)
      const d = y + load<i32>(table, 28)
      v128.store(d, f32x4.pmax(d0, floor))
      v128.store(d, f32x4.pmax(d1, floor), 16)
      const e = y + load<i32>(table, 36)
      v128.store(e, f32x4.pmax(e0, floor))
      v128.store(e, f32x4.pmax(e1, floor), 16)
      const f = y + load<i32>(table, 44)
      v128.store(f, f32x4.pmax(f0, floor))
      v128.store(f, f32x4.pmax(f1, floor), 16)
    } else {
      put(y + load<i32>(table, 4), f32x4.pmax(a0, floor), f32x4.pmax(a1, floor), lanes)
      put(y + load<i32>(table, 12), f32x4.pmax(b0, floor), f32x4.pmax(b1, floor), lanes)
      put(y + load<i32>(table, 20), f32x4.pmax(c0, floor), f32x4.pmax(c1, floor), lanes)
      put(y + load<i32>(table, 28), f32x4.pmax(d0, floor), f32x4.pmax(d1, floor), lanes)
      put(y + load<i32>(table, 36), f32x4.pmax(e0, floor), f32x4.pmax(e1, floor), lanes)
      put(y + load<i32>(table, 44), f32x4.pmax(f0, floor), f32x4.pmax(f1, floor), lanes)
    }
    bias += 32
    y += 32
  }
}

/** Four pixels and all outputs, 8 at a time: `run` values of a row of taps lie side by side, rows of taps `pitch` bytes apart. */
function fourPixels(x: usize, table: usize, pitch: i32, run: i32, rows: i32, w: usize, bias: usize, y: usize, addend: usize, outputs: i32, floor: v128): void {
  let s: v128
  let p: v128
  let q: v128
  for (let lanes = outputs; lanes > 0; lanes -= 8) {
    let a0 = v128.load(bias)
    let a1 = v128.load(bias, 16)
    let b0 = a0
    let b1 = a1
    let c0 = a0
    let c1 = a1
    let d0 = a0
    let d1 = a1
    if (addend) {
      const a = addend + load<i32>(table, 4)
      a0 = f32x4.add(a0, take(a, lanes))
      if (lanes > 4) a1 = f32x4.add(a1, take(a + 16, lanes - 4))
      const b = addend + load<i32>(table, 12)
      b0 = f32x4.add(b0, take(b, lanes))
      if (lanes > 4) b1 = f32x4.add(b1, take(b + 16, lanes - 4))
      const c = addend + load<i32>(table, 20)
      c0 = f32x4.add(c0, take(c, lanes))
      if (lanes > 4) c1 = f32x4.add(c1, take(c + 16, lanes - 4))
      const d = addend + load<i32>(table, 28)
      d0 = f32x4.add(d0, take(d, lanes))
      if (lanes > 4) d1 = f32x4.add(d1, take(d + 16, lanes - 4))
      addend += 32
    }
    let corner = x
    for (let row = 0; row < rows; row++) {
      let a = corner + load<i32>(table, 0)
      let b = corner + load<i32>(table, 8)
      let c = corner + load<i32>(table, 16)
      let d = corner + load<i32>(table, 24)
      let left = run
      for (; left >= 4; left -= 4) {
        p = v128.load(w, 0)
        q = v128.load(w, 16)
        s = v128.load32_splat(a, 0); a0 = madd(s, p, a0); a1 = madd(s, q, a1)
        s = v128.load32_splat(b, 0); b0 = madd(s, p, b0); b1 = madd(s, q, b1)
        s = v128.load32_splat(c, 0); c0 = madd(s, p, c0); c1 = madd(s, q, c1)
        s = v128.load32_splat(d, 0); d0 = madd(s, p, d0); d1 = madd(s, q, d1)
        p = v128.load(w, 32)
        q = v128.load(w, 48)
        s = v128.load32_splat(a, 4); a0 = madd(s, p, a0); a1 = madd(s, q, a1)
        s = v128.load32_splat(b, 4); b0 = madd(s, p, b0); b1 = madd(s, q, b1)
        s = v128.load32_splat(c, 4); c0 = madd(s, p, c0); c1 = madd(s, q, c1)
        s = v128.load32_splat(d, 4); d0 = madd(s, p, d0); d1 = madd(s, q, d1)
        p = v128.load(w, 64)
        q = v128.load(w, 80)
        s = v128.load32_splat(a, 8); a0 = madd(s, p, a0); a1 = madd(s, q, a1)
        s = v128.load32_splat(b, 8); b0 = madd(s, p, b0); b1 = madd(s, q, b1)
        s = v128.load32_splat(c, 8); c0 = madd(s, p, c0); c1 = madd(s, q, c1)
        s = v128.load32_splat(d, 8); d0 = madd(s, p, d0); d1 = madd(s, q, d1)
        p = v128.load(w, 96)
        q = v128.load(w, 112)
        s = v128.load32_splat(a, 12); a0 = madd(s, p, a0); a1 = madd(s, q, a1)
        s = v128.load32_splat(b, 12); b0 = madd(s, p, b0); b1 = madd(s, q, b1)
        s = v128.load32_splat(c, 12); c0 = madd(s, p, c0); c1 = madd(s, q, c1)
        s = v128.load32_splat(d, 12); d0 = madd(s, p, d0); d1 = madd(s, q, d1)
        w += 128
        a += 16
        b += 16
        c += 16
        d += 16
      }
      for (; left > 0; left--) {
        p = v128.load(w)
        q = v128.load(w, 16)
        s = v128.load32_splat(a); a0 = madd(s, p, a0); a1 = madd(s, q, a1)
        s = v128.load32_splat(b); b0 = madd(s, p, b0); b1 = madd(s, q, b1)
        s = v128.load32_splat(c); c0 = madd(s, p, c0); c1 = madd(s, q, c1)
        s = v128.load32_splat(d); d0 = madd(s, p, d0); d1 = madd(s, q, d1)
        w += 32
        a += 4
        b += 4
        c += 4
        d += 4
      }
      corner += pitch
    }
    if (lanes >= 8) {
      const a = y + load<i32>(table, 4)
      v128.store(a, f32x4.pmax(a0, floor))
      v128.store(a, f32x4.pmax(a1, floor), 16)
      const b = y + load<i32>(table, 12)
      v128.store(b, f32x4.pmax(b0, floor))
      v128.store(b, f32x4.pmax(b1, floor), 16)
      const c = y + load<i32>(table, 20)
      v128.store(c, f32x4.pmax(c0, floor))
      v128.store(c, f32x4.pmax(c1, floor), 16)
      const d = y + load<i32>(table, 28)
      v128.store(d, f32x4.pmax(d0, floor))
      v128.store(d, f32x4.pmax(d1, floor), 16)
    } else {
      put(y + load<i32>(table, 4), f32x4.pmax(a0, floor), f32x4.pmax(a1, floor), lanes)
      put(y + load<i32>(table, 12), f32x4.pmax(b0, floor), f32x4.pmax(b1, floor), lanes)
      put(y + load<i32>(table, 20), f32x4.pmax(c0, floor), f32x4.pmax(c1, floor), lanes)
      put(y + load<i32>(table, 28), f32x4.pmax(d0, floor), f32x4.pmax(d1, floor), lanes)
    }
    bias += 32
    y += 32
  }
}

/**
 * y = x ∗ filter + bias (+ addend), not below `floor`.
 *
 * @param x corner of the bordered input, rows `pitch` bytes apart
 * @param table for each output pixel two int32: bytes from x to its first tap, bytes from y to its place; the last pixel is repeated up to
 *   the next multiple of 6, and once more up to the next multiple of 4
 * @param run values in a row of taps: width of the filter · channels
 * @param rows rows of taps
 * @param w packed by `packFilter`; `bias` [outputs, up to the next multiple of 8]
 * @param addend an image laid out as y, or 0
 */
export function directConv(
  x: usize, table: usize, pixels: i32, pitch: i32, run: i32, rows: i32,
  w: usize, bias: usize, y: usize, addend: usize, outputs: i32, floor: f32,
): void {
  const least = f32x4.splat(floor)
  const panel = run * rows * 32
  // Where all weights stay near the processor, each pixel is finished before the next is begun; else each weight is read once.
  const part = panel * ((outputs + 7) >> 3) <= fastBytes ? outputs : 8
  for (let first = 0; first < outputs; first += part) {
    const count = min(part, outputs - first)
    let place = table
    let left = pixels
    for (; left > 4; left -= 6) {
      sixPixels(x, place, pitch, run, rows, w, bias, y, addend, count, least)
      place += 48
    }
    if (left > 0) fourPixels(x, place, pitch, run, rows, w, bias, y, addend, count, least)
    w += panel
    bias += 32
    y += 32
    if (addend) addend += 32
  }
}
