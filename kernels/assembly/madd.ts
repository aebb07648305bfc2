/**
 * sum + x·y. One rounding instead of two where the module may use relaxed SIMD and the processor has an instruction for it: that is
 * twice the rate on most phones, and another last bit.
 */
// @ts-ignore: decorator
@inline
export function madd(x: v128, y: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(x, y, sum)
  return f32x4.add(sum, f32x4.mul(x, y))
}
