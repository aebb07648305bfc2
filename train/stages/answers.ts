import { argMax, predictiveEntropy, softmax } from '../../core/gate/entropy.ts'
import { generalistId } from '../../core/gate/gate.ts'
import type { AnswerTable } from '../../core/gate/simulate-stream.ts'
import { splitCount, type Split } from '../data/dataset.ts'
import { predictImages, type Predictions } from '../models/predict.ts'
import type { ShippedNetwork } from '../models/trained-network.ts'
import { encodeFeatures } from './3-code.ts'
import { partitionId } from './4-partitions.ts'
import type { StageContext } from './context.ts'

export interface TrainedNetworks {
  readonly full: ShippedNetwork
  readonly generalist: ShippedNetwork
  readonly encoder: ShippedNetwork
  readonly partitions: readonly ShippedNetwork[]
}

/** Logits of every network on every image of a split: from here on nothing needs to run again. */
export interface SplitAnswers {
  readonly labels: Int32Array
  readonly full: Predictions
  /** By id: partitions and the generalist. */
  readonly networks: ReadonlyMap<string, Predictions>
  /** Index of the partition that the code chooses. */
  readonly chosen: readonly number[]
  readonly codes: readonly Float32Array[]
}

export function answerSplit(context: StageContext, networks: TrainedNetworks, split: Split, name: string): SplitAnswers {
  const { input, progress } = context
  const total = splitCount(split) * (networks.partitions.length + 2)
  let before = 0
  progress.start()
  const run = (network: ShippedNetwork): Predictions => {
    const predictions = predictImages(network, split, input, (done) => progress.count(name, before + done, total))
    before += splitCount(split)
    return predictions
  }
  const full = run(networks.full)
  const codes = encodeFeatures(networks.encoder, full.features, full.featureSize)
  const small = new Map([[generalistId, run(networks.generalist)]])
  for (const [index, partition] of networks.partitions.entries()) small.set(partitionId(index), run(partition))
  return { labels: split.labels, full, networks: small, codes, chosen: codes.map((code) => argMax(code)) }
}

export const logitsOf = ({ logits, outputs }: Predictions, image: number): Float32Array => logits.subarray(image * outputs, (image + 1) * outputs)

export const isRightAt = (predictions: Predictions, labels: Int32Array, image: number): boolean => argMax(logitsOf(predictions, image)) === labels[image]

/** Share of right answers among `images` (all, where left out). */
export function accuracyOf(predictions: Predictions, labels: Int32Array, images?: readonly number[]): number {
  const chosen = images ?? Array.from({ length: predictions.count }, (_, image) => image)
  return chosen.length === 0 ? 0 : chosen.filter((image) => isRightAt(predictions, labels, image)).length / chosen.length
}

/** Entropies and right answers under calibrated temperatures, in the form that streams are replayed from. */
export function answerTable(answers: SplitAnswers, temperatures: ReadonlyMap<string, number>): AnswerTable {
  const entropies = new Map<string, Float32Array>()
  const isRight = new Map<string, Uint8Array>()
  for (const [id, predictions] of answers.networks) {
    const temperature = temperatures.get(id) ?? 1
    entropies.set(id, Float32Array.from({ length: predictions.count }, (_, image) => predictiveEntropy(softmax(logitsOf(predictions, image), temperature))))
    isRight.set(id, Uint8Array.from({ length: predictions.count }, (_, image) => Number(isRightAt(predictions, answers.labels, image))))
  }
  return {
    entropies,
    isRight,
    isFullRight: Uint8Array.from({ length: answers.full.count }, (_, image) => Number(isRightAt(answers.full, answers.labels, image))),
    codes: answers.codes,
    partitions: Array.from({ length: answers.codes[0]?.length ?? 0 }, (_, index) => partitionId(index)),
  }
}
