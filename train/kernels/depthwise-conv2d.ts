import {
  backend_util,
  DepthwiseConv2dNative,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  type DepthwiseConv2dNativeAttrs,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  type KernelConfig,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { assemblyKernels, type DepthwiseKernel } from './assembly.ts'
import { address, allocate, type WasmKernelArgs } from './heap.ts'
import { wasmKernel } from './wasm-kernel.ts'

type Shape4D = [number, number, number, number]
type Attributes = Pick<DepthwiseConv2dNativeAttrs, 'strides' | 'pad' | 'dimRoundingMode'> &
  Partial<Pick<DepthwiseConv2dNativeAttrs, 'dilations'>>

const infoOf = (
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dilations, dimRoundingMode }: Attributes,
): backend_util.Conv2DInfo =>
  backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    true,
  )

/** Zeros around the image that the kernels have room for. */
const mostPadding = 2

/** Whether our own kernels compute it: 3x3 taps, stride 1 or 2, channels in fours, one filter a channel. */
function isCovered(info: backend_util.Conv2DInfo): boolean {
  const { top, bottom, left, right } = info.padInfo
  return (
    info.filterHeight === 3 &&
    info.filterWidth === 3 &&
    info.strideHeight === info.strideWidth &&
    info.strideHeight <= 2 &&
    info.dilationHeight === 1 &&
    info.dilationWidth === 1 &&
    info.inChannels % 4 === 0 &&
    info.outChannels === info.inChannels &&
    Math.min(top, bottom, left, right) >= 0 &&
    Math.max(top, bottom, left, right) <= mostPadding
  )
}

/** The third of the tensors of a depthwise convolution from two of them. */
function compute(
  kernel: 'depthwise' | 'depthwiseInputGradient' | 'depthwiseFilterGradient',
  backend: BackendWasm,
  [first, second]: readonly [TensorInfo, TensorInfo],
  resultShape: readonly number[],
  info: backend_util.Conv2DInfo,
): TensorInfo {
  const kernels = assemblyKernels(backend)
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, padInfo, strideHeight } = info
  const scratchValues = Math.ceil(kernels.depthwiseScratchBytes(inHeight, inWidth, inChannels) / 4)
  const [result, scratch] = allocate(backend, [resultShape, [scratchValues]]) as [TensorInfo, TensorInfo]
  const run: DepthwiseKernel = kernels[kernel]
  run(
    address(backend, first),
    address(backend, second),
    address(backend, result),
    address(backend, scratch),
    batchSize,
    inHeight,
    inWidth,
    inChannels,
    outHeight,
    outWidth,
    padInfo.top,
    padInfo.left,
    strideHeight,
  )
  backend.disposeData(scratch.dataId)
  return result
}

function requireCovered(info: backend_util.Conv2DInfo): void {
  if (!isCovered(info))
    throw new Error(
      'Depthwise convolutions have gradients for 3x3 taps, stride 1 or 2 and channels in fours only.',
    )
}

/** x [N, H, W, C], filter [3, 3, C, 1] → y [N, Ho, Wo, C]; the stock kernel (XNNPACK) does other shapes. */
export function depthwiseConv2d(stock: KernelFunc): KernelConfig {
  const kernelFunc = (args: WasmKernelArgs): TensorInfo | TensorInfo[] => {
    const { x, filter } = args.inputs as { x: TensorInfo; filter: TensorInfo }
    const info = infoOf(x.shape, filter.shape, args.attrs as unknown as DepthwiseConv2dNativeAttrs)
    if (x.dtype !== 'float32' || !isCovered(info)) return stock(args as never)
    return compute('depthwise', args.backend, [x, filter], info.outShape, info)
  }
  return wasmKernel(DepthwiseConv2dNative, kernelFunc)
}

/**
 * Gradient with respect to the input, which the WASM backend lacks: dy [N, Ho, Wo, C], filter [3, 3, C, 1] →
 * dx [N, H, W, C]. Throws for shapes that `depthwiseConv2d` leaves to the stock kernel.
 */
export function depthwiseConv2dBackpropInput(): KernelConfig {
  const kernelFunc = ({ inputs, backend, attrs }: WasmKernelArgs): TensorInfo => {
    const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo }
    const attributes = attrs as unknown as DepthwiseConv2dNativeBackpropInputAttrs
    const info = infoOf(attributes.inputShape, filter.shape, attributes)
    requireCovered(info)
    return compute('depthwiseInputGradient', backend, [dy, filter], attributes.inputShape, info)
  }
  return wasmKernel(DepthwiseConv2dNativeBackpropInput, kernelFunc)
}

/** The same with respect to the filter: x [N, H, W, C], dy [N, Ho, Wo, C] → dw [3, 3, C, 1]. */
export function depthwiseConv2dBackpropFilter(): KernelConfig {
  const kernelFunc = ({ inputs, backend, attrs }: WasmKernelArgs): TensorInfo => {
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo }
    const attributes = attrs as unknown as DepthwiseConv2dNativeBackpropFilterAttrs
    const info = infoOf(x.shape, attributes.filterShape, attributes)
    requireCovered(info)
    return compute('depthwiseFilterGradient', backend, [x, dy], attributes.filterShape, info)
  }
  return wasmKernel(DepthwiseConv2dNativeBackpropFilter, kernelFunc)
}
