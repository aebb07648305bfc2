import { multiplyBlock } from './gemm'
import { panelChannels, planeBytes, positions, tileOutputs, tileRows, tilesAlong } from './geometry'
import { transformInputs } from './tiles'
import { transformOutputTile, workBytes } from './transforms'

// One frame's 3x3 convolution with stride 1 in tiles of 4x4 outputs. The image lies in the middle of a larger one whose border is zero:
// (tiles · 4 + 2) rows and columns. Channels are multiples of 4.

/** Tiles worked on together: their two transforms stay in the second-level cache of a phone. */
// @ts-ignore: decorator
@inline
function blockOf(inputs: i32, outputs: i32, tiles: i32): i32 {
  const bytes = positions * 4 * (inputs + outputs)
  const block = min(max(12, 393216 / bytes), tiles)
  return ((block + tileRows - 1) / tileRows) * tileRows
}

/** Bytes of `scratch` for `winogradConv`. */
export function winogradScratchBytes(outHeight: i32, outWidth: i32, inputs: i32, outputs: i32): i32 {
  const block = blockOf(inputs, outputs, tilesAlong(outHeight) * tilesAlong(outWidth))
  return workBytes + positions * (planeBytes(inputs, block) + planeBytes(panelChannels(outputs), block))
}

/**
 * Planes m [36][K/8][block][8] → a tile of the image y, plus bias, not below `floor`, clipped to [height, width].
 * The rows of y are `pitch` bytes apart.
 */
function storeTiles(
  m: usize, block: i32, y: usize, pitch: i32, height: i32, width: i32, channels: i32,
  tilesX: i32, first: i32, count: i32, bias: usize, floor: v128, work: usize,
): void {
  const groups = channels >> 2
  const pixel = channels * 4
  const plane = planeBytes(panelChannels(channels), block)
  for (let index = 0; index < count; index++) {
    const tile = first + index
    const tileY = tile / tilesX
    const top = tileY * tileOutputs
    const left = (tile - tileY * tilesX) * tileOutputs
    const rows = min(tileOutputs, height - top)
    const columns = min(tileOutputs, width - left)
    const corner = y + top * pitch + left * pixel
    for (let group = 0; group < groups; group++) {
      const source = m + (group >> 1) * block * 32 + index * 32 + (group & 1) * 16
      const result = transformOutputTile(source, plane, work)
      const offset = v128.load(bias + group * 16)
      for (let row = 0; row < rows; row++) {
        let target = corner + row * pitch + group * 16
        for (let column = 0; column < columns; column++) {
          v128.store(target, f32x4.pmax(f32x4.add(v128.load(result + row * 64 + column * 16), offset), floor))
          target += pixel
        }
      }
    }
  }
}

/** The same, and of each 2x2 only the largest: y has half the rows and columns, [height, width] of them. */
function storePooledTiles(
  m: usize, block: i32, y: usize, pitch: i32, height: i32, width: i32, channels: i32,
  tilesX: i32, first: i32, count: i32, bias: usize, floor: v128, work: usize,
): void {
  const groups = channels >> 2
  const pixel = channels * 4
  const plane = planeBytes(panelChannels(channels), block)
  for (let index = 0; index < count; index++) {
    const tile = first + index
    const tileY = tile / tilesX
    const top = tileY * 2
    const left = (tile - tileY * tilesX) * 2
    const rows = min(2, height - top)
    const columns = min(2, width - left)
    const corner = y + top * pitch + left * pixel
    for (let group = 0; group < groups; group++) {
      const source = m + (group >> 1) * block * 32 + index * 32 + (group & 1) * 16
      const result = transformOutputTile(source, plane, work)
      const offset = v128.load(bias + group * 16)
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          const quad = result + row * 128 + column * 32
          const upper = f32x4.pmax(v128.load(quad), v128.load(quad, 16))
          const lower = f32x4.pmax(v128.load(quad, 64), v128.load(quad, 80))
          const best = f32x4.add(f32x4.pmax(upper, lower), offset)
          v128.store(corner + row * pitch + column * pixel + group * 16, f32x4.pmax(best, floor))
        }
      }
    }
  }
}

/**
 * y = x ∗ filter + bias, not below `floor`, and pooled 2x2 where `isPooled`.
 *
 * @param x corner of the bordered image, rows `pitch` bytes apart
 * @param u the filter, transformed by `transformFilter`
 * @param y where the first pixel comes to lie, rows `yPitch` bytes apart
 * @param outHeight rows of the convolution, before any pooling
 */
export function winogradConv(
  x: usize, pitch: i32, inputs: i32, u: usize, bias: usize, y: usize, yPitch: i32,
  outHeight: i32, outWidth: i32, outputs: i32, floor: f32, isPooled: bool, scratch: usize,
): void {
  const tilesX = tilesAlong(outWidth)
  const tiles = tilesX * tilesAlong(outHeight)
  const block = blockOf(inputs, outputs, tiles)
  const panels = panelChannels(outputs) >> 3
  const vPlane = planeBytes(inputs, block)
  const mPlane = planeBytes(panels << 3, block)
  const v = scratch + workBytes
  const m = v + positions * vPlane
  const least = f32x4.splat(floor)
  for (let first = 0; first < tiles; first += block) {
    const count = min(block, tiles - first)
    transformInputs(x, pitch, inputs, tilesX, first, count, v, 0, block, scratch)
    for (let position = 0; position < positions; position++) {
      multiplyBlock(v + position * vPlane, u + position * inputs * panels * 32, m + position * mPlane, count, block, inputs, panels)
    }
    if (isPooled) {
      storePooledTiles(m, block, y, yPitch, outHeight >> 1, outWidth >> 1, outputs, tilesX, first, count, bias, least, scratch)
    } else {
      storeTiles(m, block, y, yPitch, outHeight, outWidth, outputs, tilesX, first, count, bias, least, scratch)
    }
  }
}
