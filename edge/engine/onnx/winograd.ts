/**
 * Matrices of the Winograd convolution F(4, 3) along one axis: four outputs of a kernel of three from six
 * inputs with six multiplications instead of twelve. After Lavin and Gray 2016, *Fast Algorithms for
 * Convolutional Neural Networks*, with the interpolation points 0, ±1, ±2 and infinity.
 */
const inputTransform = [
  [4, 0, -5, 0, 1, 0],
  [0, -4, -4, 1, 1, 0],
  [0, 4, -4, -1, 1, 0],
  [0, -2, -1, 2, 1, 0],
  [0, 2, -1, -2, 1, 0],
  [0, 4, 0, -5, 0, 1],
] as const
const kernelTransform = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
] as const
const outputTransform = [
  [1, 1, 1, 1, 1, 0],
  [0, 1, -1, 2, -2, 0],
  [0, 1, 1, 4, 4, 0],
  [0, 1, -1, 8, -8, 1],
] as const

export const winogradPoints = 6
export const outputsPerTile = 4
const kernelSize = 3

/** Tiles that cover an axis. */
export const tilesOf = (extent: number): number => Math.ceil(extent / outputsPerTile)

/**
 * [points × tiles, stored]: an axis, padded with one zero at each end, to the points of its tiles.
 *
 * @param stored how long the axis is in memory; what lies behind its extent counts for nothing
 */
export function axisToPoints(extent: number, stored = extent): Float32Array {
  const tiles = tilesOf(extent)
  const matrix = new Float32Array(winogradPoints * tiles * stored)
  for (const [point, row] of inputTransform.entries()) {
    for (let tile = 0; tile < tiles; tile++) {
      for (const [offset, value] of row.entries()) {
        const position = tile * outputsPerTile - 1 + offset
        if (position >= 0 && position < extent) matrix[(point * tiles + tile) * stored + position] = value
      }
    }
  }
  return matrix
}

/** [outputs of a tile, points]: products at the points of a tile to its outputs along an axis. */
export const pointsToOutputs = (): Float32Array => Float32Array.from(outputTransform.flat())

/** A kernel [3, 3, in, out] at the points: [points × points, in, out]. */
export function kernelAtPoints(kernel: Float32Array, inputs: number, outputs: number): Float32Array {
  const plane = inputs * outputs
  const result = new Float32Array(winogradPoints ** 2 * plane)
  for (const [p, rowWeights] of kernelTransform.entries()) {
    for (const [q, columnWeights] of kernelTransform.entries()) {
      const target = (p * winogradPoints + q) * plane
      for (let at = 0; at < plane; at++) {
        // In double precision: the weights are transformed once, and their rounding would show in every
        // frame.
        let sum = 0
        for (let i = 0; i < kernelSize; i++) {
          for (let j = 0; j < kernelSize; j++)
            sum +=
              (rowWeights[i] ?? 0) *
              (columnWeights[j] ?? 0) *
              (kernel[(i * kernelSize + j) * plane + at] ?? 0)
        }
        result[target + at] = sum
      }
    }
  }
  return result
}
