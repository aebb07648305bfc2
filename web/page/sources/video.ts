import { CacheNetError } from '../../../core/wire/errors.ts'
import { createPace, type Rate } from './pace.ts'
import { untilAborted } from '../platform/within.ts'
import type { FrameSource, SourceFrame } from './source.ts'
import { nextPicture } from './video-frame.ts'

export interface VideoOptions {
  /** The element that shows the video, and that frames are taken from. */
  readonly video: HTMLVideoElement
  readonly file: File
  readonly rate: () => Rate
  /** The stream is over, and its last picture still there. */
  readonly onLastPicture?: () => void
}

const cannotPlay = (file: File, cause: unknown): CacheNetError =>
  new CacheNetError(
    'source-unavailable',
    `This browser cannot play ${file.name}. MP4 (H.264) and WebM play nearly everywhere.`,
    {},
    { cause },
  )

/**
 * A video file, at the speed at which it was filmed: what passes while a frame is answered is not asked
 * about.
 */
export function createVideoSource({ video, file, rate, onLastPicture }: VideoOptions): FrameSource {
  return {
    kind: 'video',
    isLossless: false,
    async *frames(signal) {
      const url = URL.createObjectURL(file)
      const pace = createPace({ rate, isLossless: false })
      try {
        video.srcObject = null
        video.src = url
        try {
          await untilAborted(signal, video.play())
        } catch (cause) {
          if (signal.aborted) return
          throw cannotPlay(file, cause)
        }
        while (!signal.aborted && !video.ended) {
          await pace.next(signal)
          await nextPicture(signal, video)
          if (video.error !== null) throw cannotPlay(file, video.error)
          if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) continue
          const image = await untilAborted(signal, createImageBitmap(video), (late) => late.close())
          yield {
            image,
            picture: undefined,
            name: `${file.name} ${video.currentTime.toFixed(2)} s`,
            trueLabel: null,
          } satisfies SourceFrame
        }
      } finally {
        onLastPicture?.()
        video.pause()
        video.removeAttribute('src')
        video.load()
        URL.revokeObjectURL(url)
      }
    },
  }
}
