import { CacheNetError } from '../../core/wire/errors.ts'
import type { TrainingState } from './job.ts'

export interface Divergence {
  readonly name: string
  readonly step: number
  /** What is no finite number: parts of the loss, or weights; none where only the sum is. */
  readonly terms: readonly string[]
  /** Of the last checkpoint; 0 where there is none. */
  readonly lastGood: number
}

/**
 * The error of a training whose numbers have left the finite ones: all that it would do from here on is spoil
 * what it has.
 */
export function diverged({ name, step, terms, lastGood }: Divergence): CacheNetError {
  const what = terms.length === 0 ? 'its loss' : terms.join(', ')
  const kept =
    lastGood === 0 ? 'There is no checkpoint of it yet.' : `Its checkpoint of step ${lastGood} is kept.`
  const message = `The training of ${name} diverged at step ${step}: no finite number any more: ${what}. ${kept} A lower learningRate helps most often.`
  return new CacheNetError('training-diverged', message, { network: name, step, terms, lastGood })
}

/** Weights can be no numbers a step before the loss shows it. */
export const isFiniteState = ({ vector, momentum, average }: TrainingState): boolean =>
  [vector, momentum, average].every((array) => array.every((value) => Number.isFinite(value)))
