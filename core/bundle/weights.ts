import { planNetwork } from '../network/plan.ts'
import type { NetworkSpec } from '../network/spec.ts'
import { CacheNetError } from '../wire/errors.ts'
import { readFloat16, writeFloat16 } from './float16.ts'

/** Named weights of a network, in the order and shapes of `planNetwork(spec).tensors`. */
export interface NamedTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array
}

const bytesPerValue = 2

/** Bytes of the whole-weights blob of a network: its values as IEEE 754 half floats, little endian, nothing else. */
export const wholeBlobBytes = (spec: NetworkSpec): number => planNetwork(spec).parameters * bytesPerValue

/**
 * Writes weights as a blob. There is no header: order and shapes follow from the spec in the manifest, and the blob's name is
 * its hash.
 */
export function encodeWeights(spec: NetworkSpec, weights: readonly NamedTensor[]): Uint8Array {
  const { tensors, parameters } = planNetwork(spec)
  const byName = new Map(weights.map((tensor) => [tensor.name, tensor]))
  const blob = new Uint8Array(parameters * bytesPerValue)
  for (const { name, offset, size } of tensors) {
    const values = byName.get(name)?.values
    if (values?.length !== size) {
      throw new CacheNetError('manifest-invalid', `The weights of ${name} do not fit the network.`, {
        name,
        expected: size,
        found: values?.length ?? 0,
      })
    }
    if (!values.every(Number.isFinite)) throw new CacheNetError('manifest-invalid', `A weight of ${name} is not finite.`, { name })
    writeFloat16(blob, offset, values)
  }
  return blob
}

/** Reads the blob that `encodeWeights` wrote. Throws `blob-truncated` where the byte count is not the spec's. */
export function decodeWeights(spec: NetworkSpec, blob: Uint8Array): NamedTensor[] {
  const { tensors, parameters } = planNetwork(spec)
  if (blob.byteLength !== parameters * bytesPerValue) {
    throw new CacheNetError('blob-truncated', 'The weights have another length than their network needs.', {
      expectedBytes: parameters * bytesPerValue,
      foundBytes: blob.byteLength,
    })
  }
  return tensors.map(({ name, shape, offset, size }) => ({ name, shape, values: readFloat16(blob, offset, size) }))
}
