import {
  backend_util,
  Conv2D,
  FusedConv2D,
  type Conv2DAttrs,
  type FusedConv2DAttrs,
  type KernelConfig,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core'
import type { WasmKernelArgs } from './heap.ts'
import { winogradForward, winogradShape, type ConvShape } from './winograd.ts'
import { wasmKernel } from './wasm-kernel.ts'

function shapeOf({ inputs, attrs }: WasmKernelArgs): ConvShape | undefined {
  const { x, filter } = inputs as { x: TensorInfo; filter: TensorInfo }
  const { strides, pad, dataFormat, dilations, dimRoundingMode } = attrs as unknown as Conv2DAttrs
  type Shape4D = [number, number, number, number]
  const format = backend_util.convertConv2DDataFormat(dataFormat)
  return winogradShape(
    backend_util.computeConv2DInfo(
      x.shape as Shape4D,
      filter.shape as Shape4D,
      strides,
      dilations,
      pad,
      dimRoundingMode,
      false,
      format,
    ),
  )
}

const isFloat = ({ inputs }: WasmKernelArgs): boolean =>
  inputs['x']?.dtype === 'float32' && inputs['filter']?.dtype === 'float32'

/**
 * The forward convolution in Winograd's form where that covers the shape; the stock kernel (XNNPACK) does the
 * rest.
 */
export function conv2d(stock: KernelFunc): KernelConfig {
  const kernelFunc = (args: WasmKernelArgs): TensorInfo | TensorInfo[] => {
    const shape = isFloat(args) ? shapeOf(args) : undefined
    if (shape === undefined) return stock(args as never)
    return winogradForward(args.backend, args.inputs['x']!, args.inputs['filter']!, shape, {
      bias: undefined,
      isRectified: false,
    })
  }
  return wasmKernel(Conv2D, kernelFunc)
}

/**
 * The same with a bias and, where asked, a ReLU behind it: how a trained network answers, a teacher among
 * them.
 */
export function fusedConv2d(stock: KernelFunc): KernelConfig {
  const kernelFunc = (args: WasmKernelArgs): TensorInfo | TensorInfo[] => {
    const { activation } = args.attrs as unknown as FusedConv2DAttrs
    const isCovered = isFloat(args) && (activation === 'linear' || activation === 'relu')
    const shape = isCovered ? shapeOf(args) : undefined
    if (shape === undefined) return stock(args as never)
    return winogradForward(args.backend, args.inputs['x']!, args.inputs['filter']!, shape, {
      bias: args.inputs['bias'],
      isRectified: activation === 'relu',
    })
  }
  return wasmKernel(FusedConv2D, kernelFunc)
}
