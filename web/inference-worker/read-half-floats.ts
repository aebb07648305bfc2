import { wholeBlobBytes, type NamedTensor } from '../../core/bundle/weights.ts'
import { planNetwork } from '../../core/network/plan.ts'
import type { NetworkSpec } from '../../core/network/spec.ts'
import { CacheNetError } from '../../core/wire/errors.ts'

const bytesPerValue = 2
/** 2^(e - 25) for each exponent e: what a mantissa of eleven bits, the hidden one included, is multiplied by. */
const scales = Float64Array.from({ length: 32 }, (_, exponent) => 2 ** (exponent - 25))
const smallest = 2 ** -24

/** IEEE 754 half floats, little endian, from the value at `offset` on. */
function readHalfFloats(view: DataView, offset: number, count: number): Float32Array {
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

/**
 * What `core/bundle/weights.ts` decodes, without the polyfill that goes value by value and takes most of the time of a switch: a switch of partitions
 * has to fit between two frames. Throws `blob-truncated` where the byte count is not the spec's.
 */
export function readWholeWeights(spec: NetworkSpec, blob: Uint8Array): NamedTensor[] {
  const expectedBytes = wholeBlobBytes(spec)
  if (blob.byteLength !== expectedBytes) {
    throw new CacheNetError('blob-truncated', 'The weights have another length than their network needs.', { expectedBytes, foundBytes: blob.byteLength })
  }
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength)
  return planNetwork(spec).tensors.map(({ name, shape, offset, size }) => ({ name, shape, values: readHalfFloats(view, offset, size) }))
}
