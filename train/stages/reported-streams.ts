import type { SceneKind } from '../../core/streams/scenes.ts'
import { imageStream, isDrawable, withStrangers } from '../calibration/image-stream.ts'
import type { SplitAnswers } from './answers.ts'
import type { EvaluationContext } from './context.ts'
import { joinAnswers } from './join-answers.ts'

/** Streams that every bundle is reported on, as far as its data knows places. */
const reportedStreams: Record<
  string,
  { kind: SceneKind; meanLength: number; cacheEntries: number; hasStrangers?: boolean }
> = {
  single100: { kind: 'single', meanLength: 100, cacheEntries: 1 },
  places100: { kind: 'places', meanLength: 100, cacheEntries: 2 },
  places30: { kind: 'places', meanLength: 30, cacheEntries: 2 },
  places10: { kind: 'places', meanLength: 10, cacheEntries: 2 },
  pairs100: { kind: 'pairs', meanLength: 100, cacheEntries: 2 },
  strange100: { kind: 'strange', meanLength: 100, cacheEntries: 2 },
  iid: { kind: 'iid', meanLength: 1, cacheEntries: 2 },
  strangers100: { kind: 'places', meanLength: 100, cacheEntries: 2, hasStrangers: true },
}

/** Share of the frames of a stream with strangers that show one. */
const strangersShare = 0.1

/** Frames of a session where the data was recorded: `recorded64`, every session once. */
export const reportedSessionFrames = 64

/** A stream, and who says what of its images. */
export interface ReportedStream {
  readonly name: string
  readonly images: readonly number[]
  readonly answers: SplitAnswers
  readonly cacheEntries: number
}

/**
 * What is replayed of a split: its images, sessions in their own order where the data was recorded, and
 * pictures that no network knows.
 */
export interface ReplayedSplit {
  readonly answers: SplitAnswers
  readonly recordings?: SplitAnswers | undefined
  readonly strangers: SplitAnswers
}

/** The streams that a split is reported on: those that its data can be drawn for, and its recordings. */
export function reportedStreamsOf(
  context: EvaluationContext,
  { answers, recordings, strangers }: ReplayedSplit,
): ReportedStream[] {
  const frames = Math.max(context.config.gate.reportFrames, answers.labels.length)
  const both = joinAnswers(answers, strangers)
  const strange = Array.from(strangers.labels.keys(), (image) => answers.labels.length + image)
  const drawn = Object.entries(reportedStreams)
    .filter(([, { kind }]) => isDrawable(context, kind))
    .map(([name, { kind, meanLength, cacheEntries, hasStrangers = false }]) => {
      const images = imageStream(
        context,
        answers.labels,
        { kind, meanLength, frames },
        hasStrangers ? 'strangers' : 'report',
      )
      return {
        name,
        cacheEntries,
        answers: both,
        images: hasStrangers
          ? withStrangers(images, strange, strangersShare, `${context.config.seed}-strangers`)
          : images,
      }
    })
  if (recordings === undefined) return drawn
  const { labels } = recordings
  const images = imageStream(
    context,
    labels,
    { kind: 'single', meanLength: reportedSessionFrames, frames: labels.length, recorded: true },
    'report',
  )
  return [
    ...drawn,
    { name: `recorded${reportedSessionFrames}`, cacheEntries: 2, answers: recordings, images },
  ]
}
