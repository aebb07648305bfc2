/** Side of the square tiles: one tile of source and one of target fit the first-level data cache together. */
const tile = 32

/**
 * target[c, n] = source[n, c] for `source` of [rows, columns], in square tiles.
 * `rowStride` counts values between the starts of two source rows, so that a matrix inside a larger array can
 * be read; `targetStride` does the same for the target.
 */
export function transposeMatrix(
  source: Float32Array,
  sourceStart: number,
  rows: number,
  columns: number,
  rowStride: number,
  target: Float32Array,
  targetStart: number,
  targetStride: number,
): void {
  for (let rowTile = 0; rowTile < rows; rowTile += tile) {
    const rowEnd = Math.min(rows, rowTile + tile)
    for (let columnTile = 0; columnTile < columns; columnTile += tile) {
      const columnEnd = Math.min(columns, columnTile + tile)
      for (let column = columnTile; column < columnEnd; column++) {
        let from = sourceStart + rowTile * rowStride + column
        let to = targetStart + column * targetStride + rowTile
        for (let row = rowTile; row < rowEnd; row++) {
          target[to++] = source[from]!
          from += rowStride
        }
      }
    }
  }
}
