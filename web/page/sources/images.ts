import { heicAdvice, imageFormats, kindOfName } from '../../../core/image/file-kind.ts'
import { LeftOut } from '../../../core/image/left-out.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import { untilAborted } from '../platform/within.ts'
import { isRawImage } from '../../messages/inference.ts'
import { chooseImages, displayName, kindOfContent, trueLabelOf } from './choose-images.ts'
import { createPace, type Rate } from './pace.ts'
import type { FrameSource, SourceFrame } from './source.ts'
import { turnUpright, webpOrientation } from './webp-orientation.ts'

/** How many files are decoded ahead of the one that is being answered. */
const decodeAhead = 4

/** Upright, and in the colours that the file's profile means: as trainer and edge read it. */
const asMeant: ImageBitmapOptions = { imageOrientation: 'from-image', colorSpaceConversion: 'default' }

async function decodeUpright(file: File): Promise<ImageBitmap> {
  const orientation = await webpOrientation(file)
  if (orientation === 1) return createImageBitmap(file, asMeant)
  return turnUpright(await createImageBitmap(file, { ...asMeant, imageOrientation: 'none' }), orientation)
}

async function decode(file: File): Promise<SourceFrame | undefined> {
  try {
    const image = await decodeUpright(file)
    return { image, picture: () => image, name: displayName(file), trueLabel: trueLabelOf(file) }
  } catch {
    return undefined
  }
}

export interface ImagesSourceOptions {
  readonly kind: 'images' | 'folder'
  readonly rate: () => Rate
  /**
   * Called for each file that cannot be read as the image that it seems to be, with a sentence of all of them
   * so far. It is skipped.
   */
  readonly onUnreadable: (message: string) => void
  /** Called once where files are no images, with the line that says how many were left out and why. */
  readonly onLeftOut?: (line: string) => void
}

const isHeic = async (file: File): Promise<boolean> =>
  kindOfName(file.name) === 'heic' || (await kindOfContent(file).catch(() => 'other')) === 'heic'

function whyUnreadable(name: string, isOfHeic: boolean): string {
  return isOfHeic
    ? `${name} is in HEIC, which this browser cannot read. ${heicAdvice}`
    : `${name} cannot be read as an image.`
}

/**
 * Plays files that a person chose: in the order of their paths, every one of them. Rejects with
 * `source-unavailable` for none.
 */
export function createImagesSource(
  files: Iterable<File>,
  { kind, rate, onUnreadable, onLeftOut }: ImagesSourceOptions,
): FrameSource {
  return {
    kind,
    isLossless: true,
    async *frames(signal) {
      const { images, leftOut } = await untilAborted(signal, chooseImages(files))
      const line = leftOut.sentence()
      if (images.length === 0) {
        const why = line === undefined ? '' : ` ${line}`
        throw new CacheNetError(
          'source-unavailable',
          `There are no images among these files: ${imageFormats} can be played.${why}`,
        )
      }
      if (line !== undefined) onLeftOut?.(line)
      const pace = createPace({ rate, isLossless: true })
      const ahead: { file: File; frame: Promise<SourceFrame | undefined> }[] = []
      let next = 0
      let played = 0
      const unreadable = new LeftOut()
      let unreadableCount = 0
      let lastUnreadable = ''
      try {
        while (!signal.aborted) {
          for (; ahead.length < decodeAhead && next < images.length; next++) {
            const file = images[next]
            if (file !== undefined) ahead.push({ file, frame: decode(file) })
          }
          const first = ahead.shift()
          if (first === undefined) {
            if (played > 0) return
            throw new CacheNetError(
              'source-unavailable',
              `None of these ${images.length} images can be read. ${lastUnreadable}`,
            )
          }
          const frame = await untilAborted(signal, first.frame, close)
          if (frame === undefined) {
            const name = displayName(first.file)
            const isOfHeic = await isHeic(first.file)
            unreadable.add(isOfHeic ? 'heic' : 'unreadable', name)
            lastUnreadable = whyUnreadable(name, isOfHeic)
            // The last one alone would hide the ones before.
            onUnreadable(
              ++unreadableCount === 1
                ? `${lastUnreadable} It was left out; the others play on.`
                : `${unreadable.sentence() ?? ''} The others play on.`,
            )
            continue
          }
          played++
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
