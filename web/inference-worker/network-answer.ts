import type { PartitionHead } from '../../core/bundle/partition-head.ts'
import { argMax, predictiveEntropy } from '../../core/gate/entropy.ts'
import { answerOfPartition } from '../../core/gate/partition-answer.ts'
import { applyFactors } from '../../core/gate/scene-prior.ts'

/** What a network says of a frame by itself, before the scene has a say. */
export interface OwnAnswer {
  readonly network: string
  /** Probabilities of its outputs. */
  readonly own: Float32Array<ArrayBuffer>
  readonly isStrange: boolean
}

/** What a network says of a frame under what the scene makes of each class. */
export interface NetworkAnswer {
  readonly network: string
  readonly entropyNats: number
  /** Of all classes of the bundle. */
  readonly probabilities: Float32Array<ArrayBuffer>
  readonly classIndex: number
  readonly isStrange: boolean
  /** How sure the network alone is of this class, before any prior. */
  readonly ownCertainty: number
  readonly ownEntropyNats: number
}

const finite = (value: number | undefined): number =>
  value !== undefined && Number.isFinite(value) ? value : 0

/** An entropy as it goes over the wire, where every number is finite: in nats, at most that of a guess. */
export const tellableEntropy = (entropyNats: number, classes: number): number =>
  Math.min(entropyNats, Math.log(classes))

/**
 * The answer of a network whose outputs are all classes. What computes no number says of every class the
 * same; its entropy is infinite, which no threshold lets pass.
 *
 * @param classFactors what the scene makes of each class; left out: nothing
 */
export function answerOfAllClasses(
  { network, own, isStrange }: OwnAnswer,
  classFactors: Float32Array | undefined,
): NetworkAnswer {
  const found = applyFactors(own, classFactors)
  const entropyNats = predictiveEntropy(found)
  const probabilities = entropyNats === Infinity ? found.fill(1 / found.length) : found
  const classIndex = argMax(probabilities)
  return {
    network,
    entropyNats,
    probabilities,
    classIndex,
    isStrange,
    ownCertainty: finite(own[classIndex]),
    ownEntropyNats: predictiveEntropy(own),
  }
}

/**
 * The answer of a partition that has outputs of its own. Its entropy is infinite where it computes no number
 * too, and where it says *something else*: that is no answer, however certain it is.
 *
 * @param classes of the bundle
 * @param classFactors what the scene makes of each class of the bundle; left out: nothing
 */
export function answerOfHead(
  { network, own, isStrange }: OwnAnswer,
  head: PartitionHead,
  classes: number,
  classFactors: Float32Array | undefined,
): NetworkAnswer {
  const { probabilities, entropyNats, classIndex, isElsewhere } = answerOfPartition(
    head,
    own,
    classes,
    classFactors,
  )
  const isNumber = entropyNats < Infinity
  return {
    network,
    entropyNats: isElsewhere || !isNumber ? Infinity : entropyNats,
    probabilities: isNumber ? probabilities : probabilities.fill(1 / probabilities.length),
    classIndex,
    isStrange,
    ownCertainty: finite(own[head.classIndices.indexOf(classIndex)]),
    ownEntropyNats: predictiveEntropy(own),
  }
}
