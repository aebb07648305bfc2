import { depthwiseKernelSize } from '../../core/network/depthwise-kernel-size.ts'
import { convolutionExtent, type ConvolutionShape, type Extent } from './convolution-extent.ts'

/**
 * The room that a convolution wants its input in: zeros all around the image, which begins at [top, left].
 */
export interface Border {
  readonly rows: number
  readonly columns: number
  readonly top: number
  readonly left: number
}

export const withoutBorder = ({ height, width }: Extent): Border => ({
  rows: height,
  columns: width,
  top: 0,
  left: 0,
})

/** Bytes that `transformFilter` works in. */
export const workBytes = 1024

/** How our own kernels compute a convolution. */
export interface FrameConvolution {
  readonly method: 'winograd' | 'direct'
  readonly border: Border
  readonly out: Extent
}

/** Outputs along a side of Winograd's tile; its input has two more. */
const tile = 4

/**
 * The side of the smallest image that goes by Winograd's tiles: on a smaller one most of a tile is border,
 * and four times the weights are read for it. Reasoned, not measured: no released network has a smaller one.
 */
const leastSide = 4

export function planFrameConvolution(shape: ConvolutionShape, x: Extent): FrameConvolution {
  const { out, top, left } = convolutionExtent(shape, x)
  const { kernelSize, stride, filters } = shape
  const isWinograd =
    kernelSize === 3 &&
    stride === 1 &&
    x.channels % 4 === 0 &&
    filters % 4 === 0 &&
    Math.min(out.height, out.width) >= leastSide
  const side = (from: number, to: number, first: number): number =>
    isWinograd ? Math.ceil(to / tile) * tile + 2 : Math.max(first + from, (to - 1) * stride + kernelSize)
  return {
    method: isWinograd ? 'winograd' : 'direct',
    border: { rows: side(x.height, out.height, top), columns: side(x.width, out.width, left), top, left },
    out,
  }
}

/** Where a depthwise convolution of ours reads and how large its result is; null where tfjs's computes it. */
export function planFrameDepthwise(
  stride: number,
  { height, width, channels }: Extent,
): Omit<FrameConvolution, 'method'> | null {
  if (channels % 4 !== 0) return null
  // As one that gives a single channel: such a one has no tiles.
  const one = { kernelSize: depthwiseKernelSize, stride, padding: 'same', filters: 1 } as const
  const { border, out } = planFrameConvolution(one, { height, width, channels })
  return { border, out: { ...out, channels } }
}

/** Pixels that `directConv` takes at a time, and at the end. */
const [atATime, atTheEnd] = [6, 4]

/**
 * For each output pixel, row by row: bytes from the corner of the bordered input to its first tap, bytes from
 * the first output to its place. The last is repeated as far as the kernel reads.
 */
export function pixelTable(
  { border, out }: Pick<FrameConvolution, 'border' | 'out'>,
  { stride, channels, outPitch }: { stride: number; channels: number; outPitch: number },
): Int32Array {
  const pixels = out.height * out.width
  const rest = pixels % atATime
  const padded = pixels - rest + (rest === 0 ? 0 : rest <= atTheEnd ? atTheEnd : atATime)
  const table = new Int32Array(2 * padded)
  for (let index = 0; index < padded; index++) {
    const pixel = Math.min(index, pixels - 1)
    const [row, column] = [Math.floor(pixel / out.width), pixel % out.width]
    table[2 * index] = (row * border.columns + column) * stride * channels * 4
    table[2 * index + 1] = row * outPitch + column * out.channels * 4
  }
  return table
}
