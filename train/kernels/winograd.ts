import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { assemblyKernels } from './assembly.ts'
import { address, allocate } from './heap.ts'

/**
 * A convolution in the forward direction: [batch, height, width, inputs] → [batch, outHeight, outWidth,
 * outputs].
 */
export interface ConvShape {
  readonly batch: number
  readonly height: number
  readonly width: number
  readonly inputs: number
  readonly outHeight: number
  readonly outWidth: number
  readonly outputs: number
  /** Rows and columns of zeros before the first. */
  readonly top: number
  readonly left: number
}

/**
 * The shape, where the kernels of this file cover it: 3x3 taps, stride 1, channels in fours. Never a question
 * of the batch: an image's answer must not depend, by a single bit, on which others are asked about with it
 * (see `parallel/ask-teacher.ts`).
 */
export function winogradShape(info: backend_util.Conv2DInfo): ConvShape | undefined {
  const {
    batchSize: batch,
    inHeight: height,
    inWidth: width,
    inChannels: inputs,
    outHeight,
    outWidth,
    outChannels: outputs,
  } = info
  const { top, bottom, left, right } = info.padInfo
  const isCovered =
    info.dataFormat === 'channelsLast' &&
    info.filterHeight === 3 &&
    info.filterWidth === 3 &&
    info.strideHeight === 1 &&
    info.strideWidth === 1 &&
    info.dilationHeight === 1 &&
    info.dilationWidth === 1 &&
    inputs % 4 === 0 &&
    outputs % 4 === 0 &&
    Math.min(top, bottom, left, right) >= 0
  return isCovered ? { batch, height, width, inputs, outHeight, outWidth, outputs, top, left } : undefined
}

/** What is added behind a convolution: a bias a channel, then a ReLU. */
export interface Epilogue {
  readonly bias: TensorInfo | undefined
  readonly isRectified: boolean
}

const scratch = (backend: BackendWasm, bytes: number): TensorInfo =>
  allocate(backend, [[Math.ceil(bytes / 4)]])[0]!

const within = (backend: BackendWasm, tensors: readonly TensorInfo[], run: () => void): void => {
  try {
    run()
  } finally {
    for (const { dataId } of tensors) backend.disposeData(dataId)
  }
}

/**
 * A 3x3 convolution with stride 1 in tiles of 4x4: 36 products where the direct form has 144. filter [3, 3,
 * inputs, outputs].
 */
export function winogradForward(
  backend: BackendWasm,
  x: TensorInfo,
  filter: TensorInfo,
  shape: ConvShape,
  { bias, isRectified }: Epilogue,
): TensorInfo {
  const kernels = assemblyKernels(backend)
  const { batch, height, width, inputs, outHeight, outWidth, outputs, top, left } = shape
  const [y] = allocate(backend, [[batch, outHeight, outWidth, outputs]]) as [TensorInfo]
  const transformed = scratch(backend, kernels.filterBytes(inputs, outputs))
  const work = scratch(backend, kernels.scratchBytes(batch, outHeight, outWidth, inputs, outputs))
  const at = (tensor: TensorInfo): number => address(backend, tensor)
  within(backend, [transformed, work], () => {
    kernels.transformFilter(at(filter), inputs, outputs, at(transformed), at(work))
    const offset = bias === undefined ? 0 : at(bias)
    kernels.conv3x3(
      at(x),
      at(transformed),
      at(y),
      at(work),
      batch,
      height,
      width,
      inputs,
      outHeight,
      outWidth,
      outputs,
      top,
      left,
      offset,
      isRectified ? 1 : 0,
    )
  })
  return y
}

/**
 * Gradient with respect to the filter [3, 3, inputs, outputs]: products of the two transforms, summed over
 * all tiles, transformed back once.
 */
export function winogradFilterGradient(
  backend: BackendWasm,
  x: TensorInfo,
  dy: TensorInfo,
  shape: ConvShape,
): TensorInfo {
  const kernels = assemblyKernels(backend)
  const { batch, height, width, inputs, outHeight, outWidth, outputs, top, left } = shape
  const [dw] = allocate(backend, [[3, 3, inputs, outputs]]) as [TensorInfo]
  const transformed = scratch(backend, kernels.filterBytes(inputs, outputs))
  const work = scratch(backend, kernels.scratchBytes(batch, outHeight, outWidth, inputs, outputs))
  const at = (tensor: TensorInfo): number => address(backend, tensor)
  within(backend, [transformed, work], () => {
    kernels.conv3x3FilterGradient(
      at(x),
      at(dy),
      at(dw),
      at(transformed),
      at(work),
      batch,
      height,
      width,
      inputs,
      outHeight,
      outWidth,
      outputs,
      top,
      left,
    )
  })
  return dw
}
