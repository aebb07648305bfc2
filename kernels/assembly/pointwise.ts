/** Rows that are summed before they are added to the whole: so many of both matrices stay in the second-level cache. */
const blockRows: i32 = 64

// @ts-ignore: decorator
@inline
function addTo(place: usize, low: v128, high: v128): void {
  v128.store(place, f32x4.add(v128.load(place), low))
  v128.store(place, f32x4.add(v128.load(place, 16), high), 16)
}

/**
 * Gradient of a 1x1 convolution with stride 1 with respect to its filter: dw [inputs, outputs] = xᵗ · dy,
 * x [rows, inputs], dy [rows, outputs].
 * Inputs are a multiple of 4, outputs of 8.
 */
export function pointwiseFilterGradient(x: usize, dy: usize, dw: usize, rows: i32, inputs: i32, outputs: i32): void {
  const xRow = inputs * 4
  const dyRow = outputs * 4
  memory.fill(dw, 0, inputs * dyRow)
  for (let start = 0; start < rows; start += blockRows) {
    const count = min(blockRows, rows - start)
    for (let input = 0; input < inputs; input += 4) {
      for (let output = 0; output < outputs; output += 8) {
        let v = x + start * xRow + input * 4
        let m = dy + start * dyRow + output * 4
        let a0 = f32x4.splat(0)
        let a1 = a0
        let b0 = a0
        let b1 = a0
        let c0 = a0
        let c1 = a0
        let d0 = a0
        let d1 = a0
        let s: v128
        for (let row = 0; row < count; row++) {
          const p = v128.load(m)
          const q = v128.load(m, 16)
          s = v128.load32_splat(v); a0 = f32x4.add(a0, f32x4.mul(s, p)); a1 = f32x4.add(a1, f32x4.mul(s, q))
          s = v128.load32_splat(v, 4); b0 = f32x4.add(b0, f32x4.mul(s, p)); b1 = f32x4.add(b1, f32x4.mul(s, q))
          s = v128.load32_splat(v, 8); c0 = f32x4.add(c0, f32x4.mul(s, p)); c1 = f32x4.add(c1, f32x4.mul(s, q))
          s = v128.load32_splat(v, 12); d0 = f32x4.add(d0, f32x4.mul(s, p)); d1 = f32x4.add(d1, f32x4.mul(s, q))
          v += xRow
          m += dyRow
        }
        const target = dw + input * dyRow + output * 4
        addTo(target, a0, a1)
        addTo(target + dyRow, b0, b1)
        addTo(target + 2 * dyRow, c0, c1)
        addTo(target + 3 * dyRow, d0, d1)
      }
    }
  }
}
