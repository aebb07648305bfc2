import { CacheNetError } from '../../../core/wire/errors.ts'
import { untilAborted } from '../within.ts'
import { isRawImage } from '../../messages/inference.ts'
import { displayName, imagesInOrder, trueLabelOf } from './image-order.ts'
import { createPace, type Rate } from './pace.ts'
import type { FrameSource, SourceFrame } from './source.ts'

/** How many files are decoded ahead of the one that is being answered. */
const decodeAhead = 4

/** Pixels as the file has them: no colour management, no premultiplied transparency, so that every browser sees the same. */
const exactPixels: ImageBitmapOptions = { colorSpaceConversion: 'none', premultiplyAlpha: 'none' }

async function decode(file: File): Promise<SourceFrame | undefined> {
  try {
    const image = await createImageBitmap(file, exactPixels)
    return { image, picture: () => image, name: displayName(file), trueLabel: trueLabelOf(file) }
  } catch {
    return undefined
  }
}

export interface ImagesSourceOptions {
  readonly kind: 'images' | 'folder'
  readonly rate: () => Rate
  /** Called for each file that is named like an image and is none. It is skipped. */
  readonly onUnreadable: (name: string) => void
}

/** Plays files that a person chose: in the order of their paths, every one of them. Rejects with `source-unavailable` for none. */
export function createImagesSource(files: Iterable<File>, { kind, rate, onUnreadable }: ImagesSourceOptions): FrameSource {
  return {
    kind,
    isLossless: true,
    async *frames(signal) {
      const images = await untilAborted(signal, imagesInOrder(files))
      if (images.length === 0) throw new CacheNetError('source-unavailable', 'There are no images among these files. PNG, JPEG and WebP can be played.')
      const pace = createPace({ rate, isLossless: true })
      const ahead: { file: File; frame: Promise<SourceFrame | undefined> }[] = []
      let next = 0
      try {
        while (!signal.aborted) {
          for (; ahead.length < decodeAhead && next < images.length; next++) {
            const file = images[next]
            if (file !== undefined) ahead.push({ file, frame: decode(file) })
          }
          const first = ahead.shift()
          if (first === undefined) return
          const frame = await untilAborted(signal, first.frame, close)
          if (frame === undefined) {
            onUnreadable(displayName(first.file))
            continue
          }
          await pace.next(signal)
          try {
            yield frame
          } finally {
            close(frame)
          }
        }
      } finally {
        for (const { frame } of ahead) void frame.then(close)
      }
    },
  }
}

function close(frame: SourceFrame | undefined): void {
  if (frame !== undefined && !isRawImage(frame.image)) frame.image.close()
}
