import type { FrameAnswer } from '../../../core/wire/frames.ts'
import type { SentFrame } from '../../../core/wire/sent-frame.ts'
import type { ClassifyOptions } from '../engine/classify-request.ts'
import type { WantedPartition } from '../partitions/partition-keeper.ts'
import type { FrameRecord } from '../stream-log/frame-record.ts'

/** What happens to a frame, in this order: perhaps `provisional`, always `answered`, perhaps `revised`. */
export type FrameEvent =
  /** The small networks' own answer, shown while the full model is asked. */
  | { readonly kind: 'provisional'; readonly record: FrameRecord }
  /** The answer that the stream waits for. */
  | ({ readonly kind: 'answered' } & Answered)
  /** The full model's answer, which came when the stream had gone on. */
  | ({ readonly kind: 'revised' } & Answered)

/** An answer, and what it asks of the page. */
export interface Answered {
  readonly record: FrameRecord
  /** The partition to make resident, and the most recent. */
  readonly wanted?: WantedByFrame | undefined
  /** The partition that most often comes next, by the edge's word. */
  readonly likelyNext?: string | undefined
  /** What the device saw, where it answered by itself: enough to have the edge look at it too. */
  readonly hit?: FrameHit
}

export interface WantedByFrame {
  readonly partition: WantedPartition
  readonly inlineDelta: FrameAnswer['inlineDelta']
}

export interface FrameHit {
  /** As it goes to the edge. To be asked for before the next frame is. */
  toSend(): Promise<SentFrame>
  readonly classIndex: number
  readonly classFactors: ClassifyOptions['classFactors']
}
