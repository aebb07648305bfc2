/** The largest of each 2x2: y [height / 2, width / 2, channels], rows `yPitch` bytes apart. x lies without a border. */
export function maxPool2x2(x: usize, height: i32, width: i32, channels: i32, y: usize, yPitch: i32): void {
  const pixel = channels * 4
  const pitch = width * pixel
  for (let row = 0; row + 1 < height; row += 2) {
    let source = x + row * pitch
    let target = y + (row >> 1) * yPitch
    for (let column = 0; column + 1 < width; column += 2) {
      for (let offset = 0; offset < pixel; offset += 16) {
        const place = source + offset
        const upper = f32x4.pmax(v128.load(place), v128.load(place + pixel))
        const lower = f32x4.pmax(v128.load(place + pitch), v128.load(place + pitch + pixel))
        v128.store(target + offset, f32x4.pmax(upper, lower))
      }
      source += 2 * pixel
      target += pixel
    }
  }
}

/** The largest of each channel over all pixels. x lies without a border; channels are a multiple of 4. */
export function globalMax(x: usize, pixels: i32, channels: i32, y: usize): void {
  const pixel = channels * 4
  for (let offset = 0; offset < pixel; offset += 16) {
    let best = v128.load(x + offset)
    for (let index = 1; index < pixels; index++) best = f32x4.pmax(best, v128.load(x + index * pixel + offset))
    v128.store(y + offset, best)
  }
}
