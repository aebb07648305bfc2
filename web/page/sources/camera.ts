import { CacheNetError } from '../../../core/wire/errors.ts'
import { createPace, type Rate } from './pace.ts'
import { untilAborted } from '../platform/within.ts'
import type { FrameSource, SourceFrame } from './source.ts'
import { nextPicture } from './video-frame.ts'

export type Facing = 'environment' | 'user'

export interface CameraOptions {
  /** The element that shows the camera, and that frames are taken from. */
  readonly video: HTMLVideoElement
  readonly facing: Facing
  readonly rate: () => Rate
  /** The camera has started, or another one has; undefined when it has stopped. */
  readonly onTrack?: (track: MediaStreamTrack | undefined) => void
  /** The stream is over, and its last picture still there. */
  readonly onLastPicture?: () => void
}

const failures: Readonly<Record<string, string>> = {
  NotAllowedError:
    'The camera may not be used here. Allow it for this page in the browser’s settings, or play the demo.',
  NotFoundError: 'There is no camera on this device. Play the demo, or images.',
  NotReadableError: 'Another app is using the camera. Close it there and try again.',
  OverconstrainedError: 'This device has no such camera. Try the other one.',
}

async function acquire(facing: Facing): Promise<MediaStream> {
  // Absent where the page came over plain HTTP from another machine.
  const devices = navigator.mediaDevices as MediaDevices | undefined
  if (devices === undefined) {
    throw new CacheNetError(
      'source-unavailable',
      'The camera needs a secure connection: open this page over HTTPS, or play the demo.',
    )
  }
  try {
    return await devices.getUserMedia({
      audio: false,
      video: {
        facingMode: { ideal: facing },
        width: { ideal: 640 },
        height: { ideal: 480 },
        frameRate: { ideal: 30 },
      },
    })
  } catch (cause) {
    const name = cause instanceof DOMException ? cause.name : ''
    throw new CacheNetError(
      'source-unavailable',
      failures[name] ?? 'The camera does not start. Try again, or play the demo.',
      { name },
      { cause },
    )
  }
}

const stopTracks = (stream: MediaStream): void => {
  for (const track of stream.getTracks()) track.stop()
}

function release(video: HTMLVideoElement): void {
  const stream = video.srcObject
  if (stream instanceof MediaStream) stopTracks(stream)
  video.srcObject = null
}

const isRunning = (video: HTMLVideoElement): boolean =>
  video.srcObject instanceof MediaStream &&
  video.srcObject.getVideoTracks().some(({ readyState }) => readyState === 'live')

function untilVisible(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (document.visibilityState !== 'visible' && !signal.aborted) return
      document.removeEventListener('visibilitychange', check)
      signal.removeEventListener('abort', check)
      resolve()
    }
    document.addEventListener('visibilitychange', check)
    signal.addEventListener('abort', check)
    check()
  })
}

/**
 * The camera. Starts when its frames are asked for, which must be in the wake of a tap. Rejects with
 * `source-unavailable`.
 */
export function createCameraSource({
  video,
  facing,
  rate,
  onTrack,
  onLastPicture,
}: CameraOptions): FrameSource {
  return {
    kind: 'camera',
    isLossless: false,
    async *frames(signal) {
      const pace = createPace({ rate, isLossless: false })
      try {
        for (let number = 0; !signal.aborted;) {
          await untilVisible(signal)
          // The browser may end the stream of a page that nobody looks at.
          if (!isRunning(video)) {
            release(video)
            // The browser may be asking the person for as long as they like.
            const stream = await untilAborted(signal, acquire(facing), stopTracks)
            video.srcObject = stream
            onTrack?.(stream.getVideoTracks()[0])
            await untilAborted(signal, video.play())
          }
          number = await pace.next(signal)
          await nextPicture(signal, video)
          if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) continue
          const image = await untilAborted(signal, createImageBitmap(video), (late) => late.close())
          yield { image, picture: undefined, name: `camera ${number}`, trueLabel: null } satisfies SourceFrame
        }
      } finally {
        onLastPicture?.()
        release(video)
        onTrack?.(undefined)
      }
    },
  }
}
