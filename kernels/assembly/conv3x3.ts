import { accumulateBlock, multiplyBlock } from './gemm'
import { panelChannels, planeBytes, positions, tileOutputs, tileRows, tilesAlong, tilesPerBlock } from './geometry'
import { placeImage, transformGradients, transformInputs, transformOutputs } from './tiles'
import { transformFilterGradientTile, transformFilterTile, workBytes } from './transforms'

// Convolutions of [batch, height, width, inputs] with 3x3 taps and stride 1; channels are multiples of 4.
// Shapes are those of the forward convolution: [batch, outHeight, outWidth, outputs] comes out.

// @ts-ignore: decorator
@inline
function paddedBytes(outHeight: i32, outWidth: i32, channels: i32, border: i32): i32 {
  return (tilesAlong(outHeight) * tileOutputs + border) * (tilesAlong(outWidth) * tileOutputs + border) * channels * 4
}

/** Bytes of the transformed filter, u [36][K/8][C][8]. */
export function filterBytes(inputs: i32, outputs: i32): i32 {
  return positions * inputs * panelChannels(outputs) * 4
}

/** Bytes of `scratch` for `conv3x3` and, with the transformed filter gradient, for `conv3x3FilterGradient`. */
export function scratchBytes(batch: i32, outHeight: i32, outWidth: i32, inputs: i32, outputs: i32): i32 {
  const blockTiles = tilesPerBlock(inputs, outputs, batch * tilesAlong(outHeight) * tilesAlong(outWidth))
  const planes = positions * (planeBytes(inputs, blockTiles) + planeBytes(panelChannels(outputs), blockTiles))
  return workBytes + planes + paddedBytes(outHeight, outWidth, inputs, 2) + paddedBytes(outHeight, outWidth, outputs, 0)
}

/** Filter [3, 3, inputs, outputs] → u. */
export function transformFilter(filter: usize, inputs: i32, outputs: i32, u: usize, work: usize): void {
  const plane = inputs * panelChannels(outputs) * 4
  if (outputs & 7) memory.fill(u, 0, positions * plane)
  for (let output = 0; output < outputs; output += 4) {
    for (let input = 0; input < inputs; input++) {
      const source = filter + (input * outputs + output) * 4
      const target = u + (output >> 3) * inputs * 32 + input * 32 + (output & 4) * 4
      transformFilterTile(source, inputs * outputs * 4, target, plane, work)
    }
  }
}

/** y = x ∗ filter, with the filter transformed already. */
export function conv3x3(
  x: usize, u: usize, y: usize, scratch: usize,
  batch: i32, height: i32, width: i32, inputs: i32, outHeight: i32, outWidth: i32, outputs: i32, top: i32, left: i32,
  bias: usize, isRectified: bool,
): void {
  const tilesX = tilesAlong(outWidth)
  const tilesImage = tilesX * tilesAlong(outHeight)
  const tiles = batch * tilesImage
  const blockTiles = tilesPerBlock(inputs, outputs, tiles)
  const panels = panelChannels(outputs) >> 3
  const pitch = (tilesX * tileOutputs + 2) * inputs * 4
  const vPlane = planeBytes(inputs, blockTiles)
  const mPlane = planeBytes(panelChannels(outputs), blockTiles)
  const work = scratch
  const v = work + workBytes
  const m = v + positions * vPlane
  const padded = m + positions * mPlane
  const inside = padded + top * pitch + left * inputs * 4
  memory.fill(padded, 0, paddedBytes(outHeight, outWidth, inputs, 2))
  let placed = -1
  for (let start = 0; start < tiles; start += blockTiles) {
    const end = min(start + blockTiles, tiles)
    for (let tile = start; tile < end; ) {
      const image = tile / tilesImage
      const first = tile - image * tilesImage
      const count = min(tilesImage - first, end - tile)
      if (image != placed) placeImage(x + image * height * width * inputs * 4, height, width * inputs * 4, inside, pitch)
      placed = image
      transformInputs(padded, pitch, inputs, tilesX, first, count, v, tile - start, blockTiles, work)
      tile += count
    }
    const rounded = ((end - start + tileRows - 1) / tileRows) * tileRows
    for (let position = 0; position < positions; position++) {
      multiplyBlock(v + position * vPlane, u + position * inputs * panels * 32, m + position * mPlane, rounded, blockTiles, inputs, panels)
    }
    for (let tile = start; tile < end; ) {
      const image = tile / tilesImage
      const first = tile - image * tilesImage
      const count = min(tilesImage - first, end - tile)
      const target = y + image * outHeight * outWidth * outputs * 4
      transformOutputs(m, tile - start, blockTiles, target, outHeight, outWidth, outputs, tilesX, first, count, bias, isRectified, work)
      tile += count
    }
  }
}

/** Gradient of `conv3x3` with respect to its filter: x, dy → dw [3, 3, inputs, outputs]. `du` holds `filterBytes`. */
export function conv3x3FilterGradient(
  x: usize, dy: usize, dw: usize, du: usize, scratch: usize,
  batch: i32, height: i32, width: i32, inputs: i32, outHeight: i32, outWidth: i32, outputs: i32, top: i32, left: i32,
): void {
  const tilesX = tilesAlong(outWidth)
  const tilesImage = tilesX * tilesAlong(outHeight)
  const tiles = batch * tilesImage
  const blockTiles = tilesPerBlock(inputs, outputs, tiles)
  const panels = panelChannels(outputs) >> 3
  const pitch = (tilesX * tileOutputs + 2) * inputs * 4
  const dyPitch = tilesX * tileOutputs * outputs * 4
  const vPlane = planeBytes(inputs, blockTiles)
  const mPlane = planeBytes(panelChannels(outputs), blockTiles)
  const duPlane = inputs * panels * 32
  const work = scratch
  const v = work + workBytes
  const m = v + positions * vPlane
  const padded = m + positions * mPlane
  const inside = padded + top * pitch + left * inputs * 4
  const dyPadded = padded + paddedBytes(outHeight, outWidth, inputs, 2)
  memory.fill(padded, 0, paddedBytes(outHeight, outWidth, inputs, 2) + paddedBytes(outHeight, outWidth, outputs, 0))
  memory.fill(du, 0, positions * duPlane)
  let placed = -1
  for (let start = 0; start < tiles; start += blockTiles) {
    const end = min(start + blockTiles, tiles)
    for (let tile = start; tile < end; ) {
      const image = tile / tilesImage
      const first = tile - image * tilesImage
      const count = min(tilesImage - first, end - tile)
      if (image != placed) {
        placeImage(x + image * height * width * inputs * 4, height, width * inputs * 4, inside, pitch)
        placeImage(dy + image * outHeight * outWidth * outputs * 4, outHeight, outWidth * outputs * 4, dyPadded, dyPitch)
      }
      placed = image
      transformInputs(padded, pitch, inputs, tilesX, first, count, v, tile - start, blockTiles, work)
      transformGradients(dyPadded, dyPitch, outputs, tilesX, first, count, m, tile - start, blockTiles, work)
      tile += count
    }
    for (let position = 0; position < positions; position++) {
      accumulateBlock(v + position * vPlane, m + position * mPlane, du + position * duPlane, end - start, blockTiles, inputs, panels)
    }
  }
  for (let input = 0; input < inputs; input++) {
    for (let output = 0; output < outputs; output += 4) {
      transformFilterGradientTile(du + input * panels * 32 + output * 4, duPlane, dw + (input * outputs + output) * 4, inputs * outputs * 4, work)
    }
  }
}
