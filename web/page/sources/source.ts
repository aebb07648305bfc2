import type { FrameImage, RawImage } from '../../messages/inference.ts'

/** What is shown of a frame: not moved anywhere, drawn at once. */
export type Picture = ImageBitmap | RawImage

/** One frame of a stream. */
export interface SourceFrame {
  /**
   * For the worker. A live source's is gone after that; a lossless one keeps it until the next frame is asked
   * for.
   */
  readonly image: FrameImage
  /**
   * For the person, where the source does not show itself. Called at most once, when there is an answer to go
   * with it, and only where there is time to draw it.
   */
  readonly picture: (() => Picture) | undefined
  readonly name: string
  /** The right answer, where it is known. */
  readonly trueLabel: string | null
}

export type SourceKind = 'demo' | 'camera' | 'video' | 'images' | 'folder'

/**
 * Where frames come from. A source is pulled: the next frame is asked for when the one before has its answer.
 *
 * *Live* sources go on meanwhile, and what passed then is never seen: one frame in flight, the others
 * dropped. *Lossless* sources wait, and a miss also waits for the partition that it has downloaded, so that
 * the same files always meet the same partitions: a replay can be repeated.
 */
export interface FrameSource {
  readonly kind: SourceKind
  readonly isLossless: boolean
  /** Ends when the stream does; stops at the signal. Rejects with `source-unavailable`. */
  frames(signal: AbortSignal): AsyncIterable<SourceFrame>
}
