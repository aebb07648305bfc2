import type { ModelInput } from '../../core/bundle/model-input.ts'
import type { Random } from '../../core/random.ts'
import { whiteningChannels } from './architecture.ts'

const patchValues = 2 * 2 * 3
const sampleCount = 20_000
/** Keeps directions of almost no variance from being blown up to noise. */
const regularisation = 5e-4

/**
 * Eigenvectors and eigenvalues of a symmetric matrix by cyclic Jacobi rotations (Golub & Van Loan, §8.5).
 * Rows of `vectors` are the eigenvectors.
 */
export function symmetricEigen(matrix: readonly (readonly number[])[]): {
  values: number[]
  vectors: number[][]
} {
  const n = matrix.length
  const a = matrix.map((row) => [...row])
  const v = a.map((_, row) => a.map((__, column): number => (row === column ? 1 : 0)))
  for (let sweep = 0; sweep < 50; sweep++) {
    let offDiagonal = 0
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        offDiagonal += a[p]![q]! ** 2
        if (Math.abs(a[p]![q]!) < 1e-15) continue
        const theta = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!)
        const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta ** 2 + 1))
        const c = 1 / Math.sqrt(t ** 2 + 1)
        const s = t * c
        for (let k = 0; k < n; k++) {
          const [kp, kq] = [a[k]![p]!, a[k]![q]!]
          a[k]![p] = c * kp - s * kq
          a[k]![q] = s * kp + c * kq
        }
        for (let k = 0; k < n; k++) {
          const [pk, qk] = [a[p]![k]!, a[q]![k]!]
          a[p]![k] = c * pk - s * qk
          a[q]![k] = s * pk + c * qk
          const [vp, vq] = [v[p]![k]!, v[q]![k]!]
          v[p]![k] = c * vp - s * vq
          v[q]![k] = s * vp + c * vq
        }
      }
    }
    if (offDiagonal < 1e-24) break
  }
  return { values: a.map((row, index) => row[index]!), vectors: v }
}

/**
 * Filters of the first convolution, [2, 2, 3, 24]: the eigenvectors of the covariance of 2x2 patches, each
 * divided by the root of its eigenvalue, once with each sign (Page 2019; Jordan 2024). It is fixed: training
 * starts behind decorrelated inputs.
 *
 * @param pixels [count, height, width, 3] bytes of the training images
 */
export function whiteningFilters(pixels: Uint8Array, input: ModelInput, random: Random): Float32Array {
  const { width, height, mean, std } = input
  const count = pixels.length / (width * height * 3)
  const covariance = Array.from({ length: patchValues }, () => new Array<number>(patchValues).fill(0))
  for (let sample = 0; sample < sampleCount; sample++) {
    const corner =
      random.integer(count) * width * height + random.integer(height - 1) * width + random.integer(width - 1)
    const patch = Array.from({ length: patchValues }, (_, index) => {
      const pixel = corner + (index >= 6 ? width : 0) + (Math.floor(index / 3) % 2)
      const channel = index % 3
      return (pixels[pixel * 3 + channel]! / 255 - mean[channel]!) / std[channel]!
    })
    for (let row = 0; row < patchValues; row++) {
      for (let column = 0; column < patchValues; column++)
        covariance[row]![column]! += (patch[row]! * patch[column]!) / sampleCount
    }
  }
  const { values, vectors } = symmetricEigen(covariance)
  const filters = new Float32Array(patchValues * whiteningChannels)
  for (const [index, vector] of vectors.entries()) {
    const scale = 1 / Math.sqrt(values[index]! + regularisation)
    for (const [value, weight] of vector.entries()) {
      filters[value * whiteningChannels + index] = weight * scale
      filters[value * whiteningChannels + patchValues + index] = -weight * scale
    }
  }
  return filters
}
