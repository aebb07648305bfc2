import type { SessionOptions } from './session.ts'

/** People in the data set. `createWalker` knows more, but nobody has trained on them. */
export const walkerCount = 24

/**
 * Recordings of each person that the data set is made of. Training needs many short ones rather than few long
 * ones: with few, a network learns clothes and backgrounds by heart instead of people.
 */
export const sessionsPerSplit = { train: 96, validation: 6, test: 8 } as const

export interface SequenceOptions extends SessionOptions {
  readonly frames: number
  readonly framesPerSecond: number
}

export interface SequenceFrame extends SessionOptions {
  /** Seconds since the recording began, for `renderWalker`. */
  readonly time: number
}

/** The frames of one recording, in order: render them with the walker and the session they name. */
export function walkerSequence({
  identity,
  split,
  session,
  frames,
  framesPerSecond,
}: SequenceOptions): SequenceFrame[] {
  return Array.from({ length: frames }, (_, i) => ({ identity, split, session, time: i / framesPerSecond }))
}
