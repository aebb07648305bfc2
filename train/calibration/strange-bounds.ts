import { fullId } from '../../core/gate/answer-table.ts'
import { strangeness } from '../../core/gate/strangeness.ts'
import { logitsOf, type Predictions } from '../models/predictions.ts'
import type { SplitAnswers } from '../stages/answers.ts'
import { imagesOfHead } from '../stages/region-images.ts'

export interface StrangeShares {
  /** Share of the strangers that may stay below a network's bound, at most. */
  readonly strangersCertain: number
  /** Share of the images of its own classes that may be above it where strangers alone would ask for less. */
  readonly knownStrange: number
}

const sorted = (predictions: Predictions, hasElsewhere: boolean, images?: readonly number[]): number[] => {
  const chosen = images ?? Array.from({ length: predictions.count }, (_, image) => image)
  return chosen.map((image) => strangeness(logitsOf(predictions, image), hasElsewhere)).sort((a, b) => a - b)
}

const quantile = (ascending: readonly number[], share: number): number =>
  ascending[Math.min(ascending.length - 1, Math.floor(share * ascending.length))] ?? Infinity

/**
 * Where each network stops to be certain, whatever its probabilities say, by its id: in the units of
 * `strangeness`. No more than a share of the drawn strangers lie below. Where its own images lie far from
 * them the bound lies close to its own: drawn pictures are a few kinds of what a camera sees, and what is
 * far from all of its own images, as a cup is from people, is strange as well.
 *
 * @param known answers to images of the bundle's classes, of the same networks
 */
export function strangeBounds(
  known: SplitAnswers,
  strangers: SplitAnswers,
  { strangersCertain, knownStrange }: StrangeShares,
): Map<string, number> {
  const boundOf = (id: string, own: Predictions, strange: Predictions): [string, number] => {
    const head = known.heads.get(id)
    const images = head && imagesOfHead(head, known.labels).inside
    const hasElsewhere = head !== undefined
    return [
      id,
      Math.min(
        quantile(sorted(strange, hasElsewhere), strangersCertain),
        quantile(sorted(own, hasElsewhere, images), 1 - knownStrange),
      ),
    ]
  }
  return new Map([
    boundOf(fullId, known.full, strangers.full),
    ...[...strangers.networks].flatMap(([id, strange]) => {
      const own = known.networks.get(id)
      return own === undefined ? [] : [boundOf(id, own, strange)]
    }),
  ])
}
