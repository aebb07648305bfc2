import { setFloat16 } from '@petamoriken/float16'

const bytesPerValue = 2
/**
 * 2^(e - 25) for each exponent e: what a mantissa of eleven bits, the hidden one included, is multiplied by.
 */
const scales = Float64Array.from({ length: 32 }, (_, exponent) => 2 ** (exponent - 25))
const smallest = 2 ** -24

/**
 * Reads `count` IEEE 754 half floats, little endian, from the value at `offset` on. Worked out here, since a
 * switch of partitions has to fit between two frames: the polyfill, which goes value by value, took most of
 * its time.
 */
export function readFloat16(blob: Uint8Array, offset: number, count: number): Float32Array {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength)
  const values = new Float32Array(count)
  for (let index = 0, at = offset * bytesPerValue; index < count; index++, at += bytesPerValue) {
    const bits = view.getUint16(at, true)
    const exponent = (bits >> 10) & 31
    const mantissa = bits & 1023
    let value: number
    if (exponent === 0) value = mantissa * smallest
    else if (exponent === 31) value = mantissa === 0 ? Infinity : NaN
    else value = (1024 + mantissa) * (scales[exponent] ?? 0)
    values[index] = bits & 0x8000 ? -value : value
  }
  return values
}

/** The largest number that a half float holds; whatever is beyond it would become infinite. */
export const largestFloat16 = 65_504

/** Whether all values can be written as half floats: NaN, infinities and what is too large for one cannot. */
export function fitFloat16(values: Float32Array): boolean {
  // A plain loop: `every` with a function takes several times as long, and weights are checked between two
  // frames.
  for (let index = 0; index < values.length; index++)
    if (!(Math.abs(values[index] ?? NaN) <= largestFloat16)) return false
  return true
}

/** Writes values as half floats, little endian, from the value at `offset` on. */
export function writeFloat16(blob: Uint8Array, offset: number, values: Float32Array): void {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength)
  for (let index = 0; index < values.length; index++)
    setFloat16(view, (offset + index) * bytesPerValue, values[index] ?? 0, true)
}
