import { panelChannels, planeBytes, tileOutputs } from './geometry'
import { transformGradientTile, transformInputTile, transformOutputTile } from './transforms'

/** An image of [height, width, channels] into the middle of a larger one, whose border is zero already. */
export function placeImage(source: usize, height: i32, rowBytes: i32, target: usize, pitch: i32): void {
  for (let row = 0; row < height; row++) memory.copy(target + row * pitch, source + row * rowBytes, rowBytes)
}

/** Tiles [first, first + count) of a padded image → places `slot`… of the planes v [36][C/4][blockTiles][4]. */
export function transformInputs(
  padded: usize, pitch: i32, channels: i32, tilesX: i32, first: i32, count: i32,
  v: usize, slot: i32, blockTiles: i32, work: usize,
): void {
  const groups = channels >> 2
  const plane = planeBytes(channels, blockTiles)
  // Four groups are one line of the cache, of the image and of each plane's next four tiles.
  for (let start = 0; start < groups; start += 4) {
    const end = min(start + 4, groups)
    for (let index = 0; index < count; index++) {
      const tile = first + index
      const y = tile / tilesX
      const source = padded + y * tileOutputs * pitch + (tile - y * tilesX) * tileOutputs * channels * 4
      for (let group = start; group < end; group++) {
        transformInputTile(source + group * 16, pitch, channels * 4, v + (group * blockTiles + slot + index) * 16, plane, work)
      }
    }
  }
}

/** Tiles of a padded output gradient → planes m [36][K/8][blockTiles][8]. */
export function transformGradients(
  padded: usize, pitch: i32, channels: i32, tilesX: i32, first: i32, count: i32,
  m: usize, slot: i32, blockTiles: i32, work: usize,
): void {
  const groups = channels >> 2
  const plane = planeBytes(panelChannels(channels), blockTiles)
  for (let start = 0; start < groups; start += 4) {
    const end = min(start + 4, groups)
    for (let index = 0; index < count; index++) {
      const tile = first + index
      const y = tile / tilesX
      const source = padded + y * tileOutputs * pitch + (tile - y * tilesX) * tileOutputs * channels * 4
      for (let group = start; group < end; group++) {
        const target = m + (group >> 1) * blockTiles * 32 + (slot + index) * 32 + (group & 1) * 16
        transformGradientTile(source + group * 16, pitch, channels * 4, target, plane, work)
      }
    }
  }
}

/**
 * Planes m [36][K/8][blockTiles][8] → tiles of an image y [height, width, K], clipped to it.
 * Adds `bias` [K] where it is not 0, and cuts below zero where `isRectified`.
 */
export function transformOutputs(
  m: usize, slot: i32, blockTiles: i32, y: usize, height: i32, width: i32, channels: i32,
  tilesX: i32, first: i32, count: i32, bias: usize, isRectified: bool, work: usize,
): void {
  const groups = channels >> 2
  const pixel = channels * 4
  const plane = planeBytes(panelChannels(channels), blockTiles)
  const zero = f32x4.splat(0)
  for (let start = 0; start < groups; start += 4) {
    const end = min(start + 4, groups)
    for (let index = 0; index < count; index++) {
      const tile = first + index
      const top = (tile / tilesX) * tileOutputs
      const left = (tile % tilesX) * tileOutputs
      const rows = min(tileOutputs, height - top)
      const columns = min(tileOutputs, width - left)
      const corner = y + (top * width + left) * pixel
      for (let group = start; group < end; group++) {
        const source = m + (group >> 1) * blockTiles * 32 + (slot + index) * 32 + (group & 1) * 16
        const result = transformOutputTile(source, plane, work)
        const offset = bias ? v128.load(bias + group * 16) : zero
        for (let row = 0; row < rows; row++) {
          const target = corner + row * width * pixel + group * 16
          for (let column = 0; column < columns; column++) {
            let value = f32x4.add(v128.load(result + row * 64 + column * 16), offset)
            if (isRectified) value = f32x4.max(value, zero)
            v128.store(target + column * pixel, value)
          }
        }
      }
    }
  }
}
