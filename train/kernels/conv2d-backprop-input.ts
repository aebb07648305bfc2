import {
  backend_util,
  Conv2D,
  Conv2DBackpropInput,
  getKernel,
  type Conv2DBackpropInputAttrs,
  type KernelConfig,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core'
import { assemblyKernels } from './assembly.ts'
import { address, allocate, type WasmKernelArgs } from './heap.ts'
import { wasmKernel } from './wasm-kernel.ts'

/**
 * Gradient of a convolution with respect to its input, as a forward convolution of dy with the flipped
 * filter: the stock WASM kernel (a transposed convolution) runs at a tenth of the forward rate. Stride 1; the
 * stock kernel does the rest. dy [N, Ho, Wo, K], filter [kh, kw, C, K] → dx [N, H, W, C].
 */
export function conv2dBackpropInput(stock: KernelFunc): KernelConfig {
  const kernelFunc = ({ inputs, backend, attrs }: WasmKernelArgs): TensorInfo | TensorInfo[] => {
    const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo }
    const { strides, pad, dataFormat, dimRoundingMode, inputShape } =
      attrs as unknown as Conv2DBackpropInputAttrs
    const info = backend_util.computeConv2DInfo(
      inputShape,
      filter.shape as [number, number, number, number],
      strides,
      1,
      pad,
      dimRoundingMode,
      false,
      backend_util.convertConv2DDataFormat(dataFormat),
    )
    if (info.strideHeight !== 1 || info.strideWidth !== 1) {
      return stock({ inputs: inputs, backend, attrs: attrs as never })
    }
    const { filterHeight, filterWidth, inChannels, outChannels, padInfo } = info
    const [flipped] = allocate(backend, [[filterHeight, filterWidth, outChannels, inChannels]]) as [
      TensorInfo,
    ]
    assemblyKernels(backend).flipFilter(
      address(backend, filter),
      filterHeight * filterWidth,
      inChannels,
      outChannels,
      address(backend, flipped),
    )
    const dx = getKernel(Conv2D, 'wasm').kernelFunc({
      inputs: { x: dy, filter: flipped },
      backend,
      attrs: {
        strides: 1,
        dilations: 1,
        dataFormat: 'NHWC',
        pad: [
          [0, 0],
          [filterHeight - 1 - padInfo.top, filterHeight - 1 - padInfo.bottom],
          [filterWidth - 1 - padInfo.left, filterWidth - 1 - padInfo.right],
          [0, 0],
        ],
      },
    })
    backend.disposeData(flipped.dataId)
    return dx
  }
  return wasmKernel(Conv2DBackpropInput, kernelFunc)
}
