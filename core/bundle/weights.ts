import { planNetwork } from '../network/plan.ts'
import type { NetworkSpec } from '../network/spec.ts'
import { CacheNetError } from '../wire/errors.ts'
import { fitFloat16, readFloat16, writeFloat16 } from './float16.ts'

/** Named weights of a network, in the order and shapes of `planNetwork(spec).tensors`. */
export interface NamedTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array
}

const bytesPerValue = 2

/**
 * Bytes of the whole-weights blob of a network: its values as IEEE 754 half floats, little endian, nothing
 * else.
 */
export const wholeBlobBytes = (spec: NetworkSpec): number => planNetwork(spec).parameters * bytesPerValue

/**
 * Throws `weights-not-finite` for values that are no weights: not finite, or more than a half float holds.
 * Where weights are made, written and read: one NaN among them, and a network answers everything with it.
 */
export function requireWeights(name: string, values: Float32Array): void {
  if (fitFloat16(values)) return
  throw new CacheNetError(
    'weights-not-finite',
    `The weights of ${name} are not all finite numbers that a half float holds (up to 65504). The network cannot be used: train it again, or use another bundle.`,
    { name },
  )
}

/**
 * Writes weights as a blob. There is no header: order and shapes follow from the spec in the manifest, and
 * the blob's name is its hash.
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
    requireWeights(name, values)
    writeFloat16(blob, offset, values)
  }
  return blob
}

/**
 * Reads the blob that `encodeWeights` wrote. Throws `blob-truncated` where the byte count is not the spec's,
 * `weights-not-finite` as `requireWeights` does.
 */
export function decodeWeights(spec: NetworkSpec, blob: Uint8Array): NamedTensor[] {
  const { tensors, parameters } = planNetwork(spec)
  if (blob.byteLength !== parameters * bytesPerValue) {
    throw new CacheNetError('blob-truncated', 'The weights have another length than their network needs.', {
      expectedBytes: parameters * bytesPerValue,
      foundBytes: blob.byteLength,
    })
  }
  return tensors.map(({ name, shape, offset, size }) => {
    const values = readFloat16(blob, offset, size)
    requireWeights(name, values)
    return { name, shape, values }
  })
}
