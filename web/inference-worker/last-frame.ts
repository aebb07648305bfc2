import type { PixelSize } from '../../core/image/pixel-size.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { EncodedFrame } from '../../core/wire/sent-frame.ts'
import { isRawImage, type FrameImage } from '../messages/inference.ts'
import { encodePicture } from './edge-picture.ts'

/**
 * The frame that was answered last, kept until the next one comes: the page may want its picture for the
 * edge, and only it knows whether. A hit costs nothing but the memory of one frame.
 */
export class LastFrame {
  readonly #edgeInput: PixelSize
  readonly #closesBitmaps: boolean
  #image: FrameImage | undefined
  /** Frames of an engine that took over have other numbers: they begin anywhere. */
  #number = Math.floor(Math.random() * 1e9)

  /** @param closesBitmaps where bitmaps were moved here: nobody else has them */
  constructor(edgeInput: PixelSize, closesBitmaps: boolean) {
    this.#edgeInput = edgeInput
    this.#closesBitmaps = closesBitmaps
  }

  /** Takes the place of the one before. @returns its number, by which its picture is asked for */
  keep(image: FrameImage): number {
    this.forget()
    this.#image = image
    return ++this.#number
  }

  forget(): void {
    if (this.#image !== undefined && this.#closesBitmaps && !isRawImage(this.#image)) this.#image.close()
    this.#image = undefined
  }

  /** Throws `frame-empty` where another frame has come since. */
  async picture(number: number): Promise<EncodedFrame> {
    if (this.#image !== undefined && number === this.#number)
      return encodePicture(this.#image, this.#edgeInput)
    throw new CacheNetError('frame-empty', 'Another frame came before the picture of this one was asked for.')
  }
}
