// A convolution is computed in tiles of 4x4 outputs, each from 6x6 inputs: Winograd's F(4x4, 3x3) (Lavin & Gray 2016).

/** Outputs along a side of a tile. */
export const tileOutputs: i32 = 4
/** Products a tile: the positions of its transform, 6x6. */
export const positions: i32 = 36
/** Tiles that the multiplication takes at a time: as many rows of 8 sums as the registers hold. */
export const tileRows: i32 = 6

/** Bytes between the planes of two positions: not a multiple of 4 kB, which would put all 36 into one set of the cache. */
// @ts-ignore: decorator
@inline
export function planeBytes(channels: i32, blockTiles: i32): i32 {
  return channels * blockTiles * 4 + 64
}

// @ts-ignore: decorator
@inline
export function tilesAlong(extent: i32): i32 {
  return (extent + tileOutputs - 1) / tileOutputs
}

/** Channels rounded up to whole panels of 8. */
// @ts-ignore: decorator
@inline
export function panelChannels(channels: i32): i32 {
  return (channels + 7) & ~7
}

/**
 * Tiles worked on together: as many as leave their two transforms in the second-level cache, but enough that the filter is not read
 * too often; a multiple of `tileRows`.
 */
export function tilesPerBlock(inputs: i32, outputs: i32, tiles: i32): i32 {
  const bytes = positions * 4 * (inputs + outputs)
  let block = max(36, min(96, 1200000 / bytes))
  block = min(block, tiles)
  return ((block + tileRows - 1) / tileRows) * tileRows
}
