import { getFloat16, setFloat16 } from '@petamoriken/float16'

const bytesPerValue = 2

/** Reads `count` IEEE 754 half floats, little endian, from the value at `offset` on. */
export function readFloat16(blob: Uint8Array, offset: number, count: number): Float32Array {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength)
  const values = new Float32Array(count)
  for (let index = 0; index < count; index++) values[index] = getFloat16(view, (offset + index) * bytesPerValue, true)
  return values
}

/** Writes values as half floats, little endian, from the value at `offset` on. */
export function writeFloat16(blob: Uint8Array, offset: number, values: Float32Array): void {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength)
  for (let index = 0; index < values.length; index++) setFloat16(view, (offset + index) * bytesPerValue, values[index] ?? 0, true)
}
