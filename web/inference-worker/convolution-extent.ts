import type { ConvLayer } from '../../core/network/layer.ts'

/** [height, width, channels] of an image. */
export interface Extent {
  readonly height: number
  readonly width: number
  readonly channels: number
}

export type ConvolutionShape = Pick<ConvLayer, 'kernelSize' | 'stride' | 'padding' | 'filters'>

/** How large a convolution's result is, and how many rows and columns of zeros its input has at each side. */
export interface ConvolutionExtent {
  readonly out: Extent
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

/** Pads as TensorFlow does: half of it before, the larger half after. */
export function convolutionExtent(
  { kernelSize, stride, padding, filters }: ConvolutionShape,
  x: Omit<Extent, 'channels'>,
): ConvolutionExtent {
  const isSame = padding === 'same'
  const extent = (from: number): number =>
    isSame ? Math.ceil(from / stride) : Math.floor((from - kernelSize) / stride) + 1
  const pad = (from: number, to: number): number =>
    isSame ? Math.max(0, (to - 1) * stride + kernelSize - from) : 0
  const out = { height: extent(x.height), width: extent(x.width), channels: filters }
  const [rows, columns] = [pad(x.height, out.height), pad(x.width, out.width)]
  const [top, left] = [rows >> 1, columns >> 1]
  return { out, top, bottom: rows - top, left, right: columns - left }
}
