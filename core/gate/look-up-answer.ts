import { fullId, type AnswerTable } from './answer-table.ts'
import { argMax, predictiveEntropy } from './entropy.ts'
import type { Candidate } from './gate.ts'
import type { Look } from './look.ts'
import { answerOfPartition } from './partition-answer.ts'
import { applyFactors } from './scene-prior.ts'

export interface LookedUpAnswer extends Candidate {
  readonly isStrange: boolean
  readonly classIndex: number
  /** Under the scene's prior; empty where there is none. */
  readonly probabilities: ArrayLike<number>
}

/**
 * What a network says of an image under what the frames before it showed. Throws `RangeError` where there are
 * factors and the table has no probabilities.
 *
 * @param factors what the scene makes of each class; left out: the gate looks at each frame by itself
 */
export function lookUpAnswer(
  table: AnswerTable,
  { network, isSecond }: Look,
  image: number,
  factors: Float32Array | undefined,
): LookedUpAnswer {
  const again = isSecond ? table.secondLook : undefined
  const isStrange = table.strange?.get(network)?.[image] === 1
  const head = table.heads?.get(network)
  if (factors === undefined) {
    const first = network === fullId ? table.fullAnswers : table.answers.get(network)
    const entropies = again?.entropies ?? table.entropies.get(network)
    return {
      network,
      entropyNats: entropies?.[image] ?? Infinity,
      isStrange,
      classIndex: (again?.answers ?? first)?.[image] ?? -1,
      probabilities: [],
    }
  }
  const classes = factors.length
  const all = again?.probabilities?.() ?? probabilitiesIn(table, network)
  const outputs = all.length / table.labels.length
  const row = all.subarray(image * outputs, (image + 1) * outputs)
  if (head !== undefined) {
    const { probabilities, entropyNats, classIndex, isElsewhere } = answerOfPartition(
      head,
      row,
      classes,
      factors,
    )
    return {
      network,
      entropyNats: isElsewhere ? Infinity : entropyNats,
      isStrange,
      classIndex,
      probabilities,
    }
  }
  const probabilities = applyFactors(row, factors)
  return {
    network,
    entropyNats: predictiveEntropy(probabilities),
    isStrange,
    classIndex: argMax(probabilities),
    probabilities,
  }
}

function probabilitiesIn({ probabilitiesOf }: AnswerTable, network: string): Float32Array {
  if (probabilitiesOf === undefined)
    throw new RangeError('A scene prior needs probabilities, and the table has none.')
  return probabilitiesOf(network)
}

/** Of the bundle. Throws `RangeError` where the table has no probabilities. */
export const classCount = (table: AnswerTable): number =>
  probabilitiesIn(table, fullId).length / table.labels.length
