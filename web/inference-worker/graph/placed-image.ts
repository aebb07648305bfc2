import type { Extent } from '../convolution-extent.ts'
import type { Border } from '../frame-convolution.ts'
import { bytesPerValue, type WasmTensor } from '../tensor-memory.ts'

/** An image in the WebAssembly memory. */
export interface PlacedImage extends Extent {
  readonly tensor: WasmTensor
  /** What lies around it; tfjs's kernels read images without. */
  readonly border: Border
}

/** Bytes from one row to the next. */
export const pitchOf = ({ border, channels }: Pick<PlacedImage, 'border' | 'channels'>): number =>
  border.columns * channels * bytesPerValue

/** Where the first pixel lies. */
export const startOf = (image: PlacedImage): number =>
  image.tensor.address +
  image.border.top * pitchOf(image) +
  image.border.left * image.channels * bytesPerValue
