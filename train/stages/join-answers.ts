import { joinFloats } from '../../core/join-floats.ts'
import type { Predictions } from '../models/predict.ts'
import type { SplitAnswers } from './answers.ts'

const joinPredictions = (a: Predictions, b: Predictions): Predictions => ({
  ...a,
  count: a.count + b.count,
  logits: joinFloats([a.logits, b.logits]),
  features: joinFloats([a.features, b.features]),
})

/**
 * The answers of the same networks to two splits, as if they were one: the images of the second come behind
 * those of the first.
 */
export function joinAnswers(first: SplitAnswers, second: SplitAnswers): SplitAnswers {
  const { mirrored } = first
  return {
    labels: Int32Array.from([...first.labels, ...second.labels]),
    full: joinPredictions(first.full, second.full),
    networks: new Map(
      [...first.networks].map(([id, predictions]) => [
        id,
        joinPredictions(predictions, second.networks.get(id)!),
      ]),
    ),
    heads: first.heads,
    mirrored:
      mirrored === undefined || second.mirrored === undefined
        ? undefined
        : joinPredictions(mirrored, second.mirrored),
    codes: [...first.codes, ...second.codes],
    chosen: [...first.chosen, ...second.chosen],
  }
}
