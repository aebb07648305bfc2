import { answerStrangers, type Calibration } from './5-calibrate.ts'
import { reportedSessionFrames } from './reported-streams.ts'
import { evaluate, type Evaluation } from './6-evaluate.ts'
import { answerRecordings } from './answer-recordings.ts'
import { answerSplit, type SplitAnswers } from './answers.ts'
import type { TrainedNetworks } from '../models/trained-networks.ts'
import type { EvaluationContext } from './context.ts'
import { trainHeadControls } from './head-controls.ts'

export interface EvaluatedSplits {
  readonly validation: Evaluation
  readonly test: Evaluation
  /** Answers to the test images. */
  readonly testAnswers: SplitAnswers
}

/**
 * Stage 6 on both splits: the test images with their recordings, once, and the validation images that
 * everything was chosen on.
 *
 * @param validation answers to the validation images
 */
export function evaluateSplits(
  context: EvaluationContext,
  networks: TrainedNetworks,
  validation: SplitAnswers,
  calibration: Calibration,
): EvaluatedSplits {
  const controls = trainHeadControls(context, networks)
  const strangersOf = (split: 'validation' | 'test'): SplitAnswers =>
    answerStrangers(context, networks, split)
  const testAnswers = answerSplit(context, networks, context.dataset.test, 'test')
  const recordings = answerRecordings(context, networks, 'test', reportedSessionFrames)
  return {
    validation: evaluate(
      context,
      { answers: validation, strangers: strangersOf('validation'), controls },
      calibration,
    ),
    test: evaluate(
      context,
      { answers: testAnswers, recordings, strangers: strangersOf('test'), controls },
      calibration,
    ),
    testAnswers,
  }
}

/** Stage 6 on the validation images alone: for everything that is tried and not shipped. */
export const evaluateValidation = (
  context: EvaluationContext,
  networks: TrainedNetworks,
  validation: SplitAnswers,
  calibration: Calibration,
): Evaluation =>
  evaluate(
    context,
    { answers: validation, strangers: answerStrangers(context, networks, 'validation'), controls: [] },
    calibration,
  )
