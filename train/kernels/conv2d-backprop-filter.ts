import {
  backend_util,
  Conv2D,
  Conv2DBackpropFilter,
  getKernel,
  type Conv2DBackpropFilterAttrs,
  type KernelConfig,
  type TensorInfo,
} from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { assemblyKernels } from './assembly.ts'
import { address, allocate, view, type WasmKernelArgs } from './heap.ts'
import { transposeMatrix } from './transpose.ts'
import { winogradFilterGradient, winogradShape } from './winograd.ts'
import { wasmKernel } from './wasm-kernel.ts'

/** x [N, P, C] → [C, P, N], P the positions of an image: the images become the channels. */
function imagesToChannels(
  x: Float32Array,
  images: number,
  positions: number,
  channels: number,
  target: Float32Array,
): void {
  for (let position = 0; position < positions; position++) {
    transposeMatrix(
      x,
      position * channels,
      images,
      channels,
      positions * channels,
      target,
      position * images,
      positions * images,
    )
  }
}

/** dy [N, P, K] → [P, N, K]: the images become the input channels of a filter as large as the image. */
function imagesToFilterInputs(
  dy: Float32Array,
  images: number,
  positions: number,
  outputs: number,
  target: Float32Array,
): void {
  for (let image = 0; image < images; image++) {
    for (let position = 0; position < positions; position++) {
      const from = (image * positions + position) * outputs
      const to = (position * images + image) * outputs
      for (let output = 0; output < outputs; output++) target[to + output] = dy[from + output]!
    }
  }
}

/**
 * [C, H', W', K] cropped to the kernel's size → [kh, kw, C, K]. A stride that does not divide the extent
 * leaves more rows than the kernel has.
 */
function toFilterLayout(
  source: Float32Array,
  from: readonly number[],
  kernel: readonly [number, number],
  target: Float32Array,
): void {
  const [channels = 0, height = 0, width = 0, outputs = 0] = from
  const [kernelHeight, kernelWidth] = kernel
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < kernelHeight; y++) {
      for (let x = 0; x < kernelWidth; x++) {
        const start = ((channel * height + y) * width + x) * outputs
        target.set(
          source.subarray(start, start + outputs),
          ((y * kernelWidth + x) * channels + channel) * outputs,
        )
      }
    }
  }
}

/** Whether it is one product of two matrices that our kernel covers: 1x1 taps that see every pixel. */
const isPointwise = (info: backend_util.Conv2DInfo): boolean =>
  info.filterHeight === 1 &&
  info.filterWidth === 1 &&
  info.outHeight === info.inHeight &&
  info.outWidth === info.inWidth &&
  Math.max(info.padInfo.top, info.padInfo.left) === 0 &&
  info.inChannels % 4 === 0 &&
  info.outChannels % 8 === 0

function pointwiseFilterGradient(
  backend: BackendWasm,
  x: TensorInfo,
  dy: TensorInfo,
  filterShape: readonly number[],
): TensorInfo {
  const [dw] = allocate(backend, [filterShape]) as [TensorInfo]
  const [inputs = 0, outputs = 0] = filterShape.slice(2)
  const rows = x.shape.slice(0, 3).reduce((product, extent) => product * extent, 1)
  assemblyKernels(backend).pointwiseFilterGradient(
    address(backend, x),
    address(backend, dy),
    address(backend, dw),
    rows,
    inputs,
    outputs,
  )
  return dw
}

/**
 * Gradient of a convolution with respect to its filter, which the WASM backend lacks, as a convolution
 * itself: of x with its images as channels and its channels as images, with dy as a filter as large as the
 * output; a stride becomes a dilation. Where Winograd's form covers the shape, that; of 1x1 taps one product
 * of matrices. x [N, H, W, C], dy [N, Ho, Wo, K] → dw [kh, kw, C, K].
 */
export function conv2dBackpropFilter(): KernelConfig {
  const kernelFunc = ({ inputs, backend, attrs }: WasmKernelArgs): TensorInfo => {
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo }
    const { strides, pad, dataFormat, dimRoundingMode, filterShape } =
      attrs as unknown as Conv2DBackpropFilterAttrs
    const info = backend_util.computeConv2DInfo(
      x.shape as [number, number, number, number],
      filterShape,
      strides,
      1,
      pad,
      dimRoundingMode,
      false,
      backend_util.convertConv2DDataFormat(dataFormat),
    )
    const shape = winogradShape(info)
    if (shape !== undefined) return winogradFilterGradient(backend, x, dy, shape)
    if (isPointwise(info)) return pointwiseFilterGradient(backend, x, dy, filterShape)
    const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info
    const [xAcross, dyAcross] = allocate(backend, [
      [inChannels, inHeight, inWidth, batchSize],
      [outHeight, outWidth, batchSize, outChannels],
    ]) as [TensorInfo, TensorInfo]
    imagesToChannels(view(backend, x), batchSize, inHeight * inWidth, inChannels, view(backend, xAcross))
    imagesToFilterInputs(
      view(backend, dy),
      batchSize,
      outHeight * outWidth,
      outChannels,
      view(backend, dyAcross),
    )

    const crossed = getKernel(Conv2D, 'wasm').kernelFunc({
      inputs: { x: xAcross, filter: dyAcross },
      backend,
      attrs: {
        strides: 1,
        dilations: [info.strideHeight, info.strideWidth],
        dataFormat: 'NHWC',
        pad: [
          [0, 0],
          [padInfo.top, padInfo.bottom],
          [padInfo.left, padInfo.right],
          [0, 0],
        ],
      },
    }) as TensorInfo
    backend.disposeData(xAcross.dataId)
    backend.disposeData(dyAcross.dataId)

    const [dw] = allocate(backend, [filterShape]) as [TensorInfo]
    toFilterLayout(
      view(backend, crossed),
      crossed.shape,
      [info.filterHeight, info.filterWidth],
      view(backend, dw),
    )
    backend.disposeData(crossed.dataId)
    return dw
  }
  return wasmKernel(Conv2DBackpropFilter, kernelFunc)
}
