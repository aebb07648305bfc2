// Batch norm over `rows` rows of `channels` values, with a ReLU behind it where `floor` is 0, and without where it is -∞. Sums are float64,
// [channels] each.

/** Adds two pairs to four float64 sums in memory. */
// @ts-ignore: decorator
@inline
function add(sums: usize, low: v128, high: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), low))
  v128.store(sums, f64x2.add(v128.load(sums, 16), high), 16)
}

// @ts-ignore: decorator
@inline
function high(value: v128): v128 {
  return f64x2.promote_low_f32x4(i8x16.shuffle(value, value, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15))
}

// @ts-ignore: decorator
@inline
function addOne(sum: usize, value: f64): void {
  store<f64>(sum, load<f64>(sum) + value)
}

/** sums[0, channels) = Σ x, sums[channels, 2·channels) = Σ x². */
export function batchNormSums(x: usize, rows: i32, channels: i32, sums: usize): void {
  const squares = sums + channels * 8
  memory.fill(sums, 0, channels * 16)
  const fours = channels & ~3
  for (let row = 0; row < rows; row++) {
    for (let channel = 0; channel < fours; channel += 4) {
      const value = v128.load(x)
      const low = f64x2.promote_low_f32x4(value)
      const up = high(value)
      add(sums + channel * 8, low, up)
      add(squares + channel * 8, f64x2.mul(low, low), f64x2.mul(up, up))
      x += 16
    }
    for (let channel = fours; channel < channels; channel++) {
      const value = <f64>load<f32>(x)
      addOne(sums + channel * 8, value)
      addOne(squares + channel * 8, value * value)
      x += 4
    }
  }
}

/** y = max(floor, x · scale + offset); scale and offset float32 [channels]. */
export function affine(x: usize, rows: i32, channels: i32, scale: usize, offset: usize, y: usize, floor: f32): void {
  const least = f32x4.splat(floor)
  const fours = channels & ~3
  for (let row = 0; row < rows; row++) {
    for (let channel = 0; channel < fours; channel += 4) {
      const value = f32x4.add(f32x4.mul(v128.load(x), v128.load(scale + channel * 4)), v128.load(offset + channel * 4))
      v128.store(y, f32x4.max(value, least))
      x += 16
      y += 16
    }
    for (let channel = fours; channel < channels; channel++) {
      store<f32>(y, max<f32>(load<f32>(x) * load<f32>(scale + channel * 4) + load<f32>(offset + channel * 4), floor))
      x += 4
      y += 4
    }
  }
}

/** With g = dy where y > floor and 0 elsewhere: sums[0, channels) = Σ g, sums[channels, 2·channels) = Σ g·x. */
export function batchNormGradientSums(dy: usize, x: usize, y: usize, rows: i32, channels: i32, sums: usize, floor: f32): void {
  const products = sums + channels * 8
  const least = f32x4.splat(floor)
  memory.fill(sums, 0, channels * 16)
  const fours = channels & ~3
  for (let row = 0; row < rows; row++) {
    for (let channel = 0; channel < fours; channel += 4) {
      const gradient = v128.and(v128.load(dy), f32x4.gt(v128.load(y), least))
      const value = v128.load(x)
      const low = f64x2.promote_low_f32x4(gradient)
      const up = high(gradient)
      add(sums + channel * 8, low, up)
      add(products + channel * 8, f64x2.mul(low, f64x2.promote_low_f32x4(value)), f64x2.mul(up, high(value)))
      x += 16
      y += 16
      dy += 16
    }
    for (let channel = fours; channel < channels; channel++) {
      const gradient = load<f32>(y) > floor ? <f64>load<f32>(dy) : 0
      addOne(sums + channel * 8, gradient)
      addOne(products + channel * 8, gradient * <f64>load<f32>(x))
      x += 4
      y += 4
      dy += 4
    }
  }
}

/** dx = a · g + b · x + c, with g as above; `factors` is a, b, c, each float32 [channels]. */
export function batchNormGradient(dy: usize, x: usize, y: usize, rows: i32, channels: i32, factors: usize, dx: usize, floor: f32): void {
  const b = factors + channels * 4
  const c = b + channels * 4
  const least = f32x4.splat(floor)
  const fours = channels & ~3
  for (let row = 0; row < rows; row++) {
    for (let channel = 0; channel < fours; channel += 4) {
      const gradient = v128.and(v128.load(dy), f32x4.gt(v128.load(y), least))
      const rest = f32x4.add(f32x4.mul(v128.load(x), v128.load(b + channel * 4)), v128.load(c + channel * 4))
      v128.store(dx, f32x4.add(f32x4.mul(gradient, v128.load(factors + channel * 4)), rest))
      x += 16
      y += 16
      dy += 16
      dx += 16
    }
    for (let channel = fours; channel < channels; channel++) {
      const gradient = load<f32>(y) > floor ? load<f32>(dy) : 0
      store<f32>(dx, gradient * load<f32>(factors + channel * 4) + (load<f32>(x) * load<f32>(b + channel * 4) + load<f32>(c + channel * 4)))
      x += 4
      y += 4
      dy += 4
      dx += 4
    }
  }
}
