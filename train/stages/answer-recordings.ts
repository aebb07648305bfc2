import { answerSplit, type SplitAnswers } from './answers.ts'
import type { TrainedNetworks } from '../models/trained-networks.ts'
import type { EvaluationContext } from './context.ts'

/**
 * Answers to sessions in their own order, so many frames of each; undefined where the data was not recorded
 * in sessions.
 */
export function answerRecordings(
  context: EvaluationContext,
  networks: TrainedNetworks,
  split: 'validation' | 'test',
  framesPerSession: number,
): SplitAnswers | undefined {
  const recordings = context.dataset.recordings?.(
    split,
    framesPerSession,
    context.config.gate.recordedSessions,
  )
  return recordings === undefined
    ? undefined
    : answerSplit(context, networks, recordings, `${split} sessions`)
}
