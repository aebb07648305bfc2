// Max-pooling of 2x2 windows, stride 2, 'valid'.

/** x [batch, height, width, channels] → y, and which of the four won (0–3, row by row; the first of equals), one byte each. */
export function maxPool(x: usize, batch: i32, height: i32, width: i32, channels: i32, y: usize, winners: usize): void {
  const pixel = channels * 4
  const pitch = width * pixel
  const fours = channels & ~3
  for (let image = 0; image < batch; image++) {
    for (let row = 0; row + 1 < height; row += 2) {
      let source = x + (image * height + row) * pitch
      for (let column = 0; column + 1 < width; column += 2) {
        for (let channel = 0; channel < fours; channel += 4) {
          let best = v128.load(source)
          let winner = i32x4.splat(0)
          const right = v128.load(source + pixel)
          let isBetter = f32x4.gt(right, best)
          best = v128.bitselect(right, best, isBetter)
          winner = v128.bitselect(i32x4.splat(1), winner, isBetter)
          const below = v128.load(source + pitch)
          isBetter = f32x4.gt(below, best)
          best = v128.bitselect(below, best, isBetter)
          winner = v128.bitselect(i32x4.splat(2), winner, isBetter)
          const across = v128.load(source + pitch + pixel)
          isBetter = f32x4.gt(across, best)
          best = v128.bitselect(across, best, isBetter)
          winner = v128.bitselect(i32x4.splat(3), winner, isBetter)
          v128.store(y, best)
          const halves = i16x8.narrow_i32x4_s(winner, winner)
          v128.store32_lane(winners, i8x16.narrow_i16x8_u(halves, halves), 0)
          source += 16
          y += 16
          winners += 4
        }
        for (let channel = fours; channel < channels; channel++) {
          let best = load<f32>(source)
          let winner = 0
          const right = load<f32>(source + pixel)
          if (right > best) { best = right; winner = 1 }
          const below = load<f32>(source + pitch)
          if (below > best) { best = below; winner = 2 }
          const across = load<f32>(source + pitch + pixel)
          if (across > best) { best = across; winner = 3 }
          store<f32>(y, best)
          store<u8>(winners, <u8>winner)
          source += 4
          y += 4
          winners++
        }
        source += pixel
      }
    }
  }
}

/** dy → dx: each gradient to the input that won, zero to the others and to a last odd row or column. */
export function maxPoolGradient(dy: usize, winners: usize, batch: i32, height: i32, width: i32, channels: i32, dx: usize): void {
  const pixel = channels * 4
  const pitch = width * pixel
  const fours = channels & ~3
  for (let image = 0; image < batch; image++) {
    for (let row = 0; row + 1 < height; row += 2) {
      let target = dx + (image * height + row) * pitch
      for (let column = 0; column + 1 < width; column += 2) {
        for (let channel = 0; channel < fours; channel += 4) {
          const gradient = v128.load(dy)
          const winner = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(winners)))
          v128.store(target, v128.and(gradient, i32x4.eq(winner, i32x4.splat(0))))
          v128.store(target + pixel, v128.and(gradient, i32x4.eq(winner, i32x4.splat(1))))
          v128.store(target + pitch, v128.and(gradient, i32x4.eq(winner, i32x4.splat(2))))
          v128.store(target + pitch + pixel, v128.and(gradient, i32x4.eq(winner, i32x4.splat(3))))
          target += 16
          dy += 16
          winners += 4
        }
        for (let channel = fours; channel < channels; channel++) {
          const gradient = load<f32>(dy)
          const winner = load<u8>(winners)
          store<f32>(target, winner == 0 ? gradient : 0)
          store<f32>(target + pixel, winner == 1 ? gradient : 0)
          store<f32>(target + pitch, winner == 2 ? gradient : 0)
          store<f32>(target + pitch + pixel, winner == 3 ? gradient : 0)
          target += 4
          dy += 4
          winners++
        }
        target += pixel
      }
      if (width & 1) {
        memory.fill(target, 0, pixel)
        memory.fill(target + pitch, 0, pixel)
      }
    }
    if (height & 1) memory.fill(dx + ((image + 1) * height - 1) * pitch, 0, pitch)
  }
}
