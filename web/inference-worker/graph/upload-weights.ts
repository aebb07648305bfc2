import type { FrameKernels } from '../frame-kernels.ts'
import { bytesPerValue, type TensorMemory, type WasmTensor } from '../tensor-memory.ts'

// Each lays out a kernel or bias as the layer reads it that wants it. Whoever asks gives the tensor back.

const toEights = (count: number): number => Math.ceil(count / 8) * 8

/** As a blob holds it, and tfjs's kernels read it. */
export function uploadAsItIs(memory: TensorMemory, values: Float32Array): WasmTensor {
  const tensor = memory.take(values.length)
  memory.view(tensor).set(values)
  return tensor
}

/** With zeros behind it up to a multiple of eight values: a bias of our convolutions. */
export function uploadPadded(memory: TensorMemory, values: Float32Array): WasmTensor {
  const tensor = memory.take(toEights(values.length))
  const padded = memory.view(tensor)
  padded.fill(0)
  padded.set(values)
  return tensor
}

/**
 * A filter [3, 3, inputs, outputs] as `winogradConv` takes it.
 *
 * @param work address of `workBytes` to work in
 */
export function uploadTransformed(
  memory: TensorMemory,
  own: FrameKernels,
  { inputs, outputs, work }: { readonly inputs: number; readonly outputs: number; readonly work: number },
  values: Float32Array,
): WasmTensor {
  const tensor = memory.take(own.filterBytes(inputs, outputs) / bytesPerValue)
  const filter = uploadAsItIs(memory, values)
  own.transformFilter(filter.address, inputs, outputs, tensor.address, work)
  memory.giveBack(filter)
  return tensor
}

/** A filter [taps, outputs] as `directConv` takes it: [outputs / 8][taps][8]. */
export function uploadPacked(
  memory: TensorMemory,
  own: FrameKernels,
  outputs: number,
  values: Float32Array,
): WasmTensor {
  const taps = values.length / outputs
  const tensor = memory.take(taps * toEights(outputs))
  const filter = uploadAsItIs(memory, values)
  own.packFilter(filter.address, taps, outputs, tensor.address)
  memory.giveBack(filter)
  return tensor
}
