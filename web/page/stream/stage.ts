import { isRawImage } from '../../messages/inference.ts'
import type { Picture, SourceFrame } from '../sources/source.ts'

/** Where frames are shown. Draws at most once a picture of the screen, however fast frames come. */
export interface Stage {
  /** The element that draws the frames, once it is on the page. */
  readonly attachCanvas: (canvas: HTMLCanvasElement | null) => void
  readonly attachVideo: (video: HTMLVideoElement | null) => void
  /** Shows the camera by itself, and is what its frames are taken from. */
  readonly video: HTMLVideoElement | null
  /** Draws a frame's picture, where it has one; a frame that was shown already is not drawn again. */
  show(frame: SourceFrame): void
  /** Draws what the video shows, so that its last picture stays when the video is let go of. */
  keepVideo(): void
}

const shortestMs = 15

export function createStage(nowMs: () => number = () => performance.now()): Stage {
  let context: CanvasRenderingContext2D | null = null
  let video: HTMLVideoElement | null = null
  let lastMs = -Infinity
  let last: SourceFrame | undefined
  return {
    attachCanvas: (canvas) => void (context = canvas?.getContext('2d') ?? null),
    attachVideo: (element) => void (video = element),
    get video() {
      return video
    },
    show(frame) {
      if (context === null || frame.picture === undefined || frame === last) return
      last = frame
      if (nowMs() - lastMs < shortestMs || document.visibilityState !== 'visible') return
      lastMs = nowMs()
      draw(context, frame.picture())
    },
    keepVideo() {
      if (context !== null && video !== null && video.videoWidth > 0)
        drawScaled(context, video, { width: video.videoWidth, height: video.videoHeight })
    },
  }
}

/** Photos are shown no larger than this: nobody sees more, and a phone has little memory. */
const longestSide = 720

function draw(context: CanvasRenderingContext2D, picture: Picture): void {
  if (!isRawImage(picture)) {
    drawScaled(context, picture, picture)
    return
  }
  const { width, height, rgba } = picture
  resize(context, width, height)
  context.putImageData(new ImageData(rgba, width, height), 0, 0)
}

function drawScaled(
  context: CanvasRenderingContext2D,
  picture: CanvasImageSource,
  size: { readonly width: number; readonly height: number },
): void {
  const scale = Math.min(1, longestSide / Math.max(size.width, size.height))
  const width = Math.round(size.width * scale)
  const height = Math.round(size.height * scale)
  resize(context, width, height)
  // What is transparent shall not show the frame before.
  context.clearRect(0, 0, width, height)
  context.drawImage(picture, 0, 0, width, height)
}

function resize({ canvas }: CanvasRenderingContext2D, width: number, height: number): void {
  if (canvas.width === width && canvas.height === height) return
  canvas.width = width
  canvas.height = height
}
