import { thresholdOf } from '../../../core/gate/gate.ts'
import type { GateSettings } from '../../../core/gate/settings.ts'
import type { AnswerTable } from '../../../core/gate/answer-table.ts'
import { reliability } from '../../calibration/calibration-error.ts'
import { classAt, type SplitAnswers } from '../../stages/answers.ts'
import { headLabels } from '../../stages/region-images.ts'
import type { Confusion, EntropyCounts, NetworkEntropies, NetworkReliability } from '../report-data.ts'

const entropyBins = 32

const predictionsOf = (answers: SplitAnswers, network: string): SplitAnswers['full'] =>
  network === 'full' ? answers.full : answers.networks.get(network)!

/** Images by class and answer. */
export function countConfusion(
  answers: SplitAnswers,
  network: string,
  images: readonly number[],
  classes: number,
): Confusion {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  const predictions = predictionsOf(answers, network)
  const head = answers.heads.get(network)
  for (const image of images) counts[answers.labels[image]!]![classAt(predictions, image, head)]!++
  return { network, counts }
}

/** Images of each kind by entropy; the last bin holds what is above `mostNats`. */
function countEntropies(
  entropies: Float32Array,
  isRight: (image: number) => boolean,
  images: readonly number[],
  mostNats: number,
): EntropyCounts {
  const [right, wrong] = [new Array<number>(entropyBins).fill(0), new Array<number>(entropyBins).fill(0)]
  for (const image of images) {
    const bin = Math.min(entropyBins - 1, Math.floor((entropies[image]! / mostNats) * entropyBins))
    ;(isRight(image) ? right : wrong)[bin]!++
  }
  return { right, wrong }
}

export interface HomeAndAway {
  readonly inside: readonly number[]
  /** Images that the network was not trained for; absent for the generalist, whose region is everything. */
  readonly outside?: readonly number[]
}

/** A network's entropies inside and outside its region. */
export function networkEntropies(
  table: AnswerTable,
  network: string,
  images: HomeAndAway,
  settings: GateSettings,
  mostNats: number,
): NetworkEntropies {
  const [entropies, answers] = [table.entropies.get(network)!, table.answers.get(network)!]
  const isRight = (image: number): boolean => answers[image] === table.labels[image]
  return {
    network,
    mostNats,
    thresholdNats: thresholdOf(network, settings),
    inside: countEntropies(entropies, isRight, images.inside, mostNats),
    ...(images.outside === undefined
      ? {}
      : { outside: countEntropies(entropies, isRight, images.outside, mostNats) }),
  }
}

export function networkReliability(
  answers: SplitAnswers,
  network: string,
  images: readonly number[],
  temperature: number,
): NetworkReliability {
  const head = answers.heads.get(network)
  const labels = head === undefined ? answers.labels : headLabels(head, answers.labels)
  const at = (divisor: number): NetworkReliability['before'] =>
    reliability(predictionsOf(answers, network), labels, images, divisor)
  return { network, temperature, before: at(1), after: at(temperature) }
}
