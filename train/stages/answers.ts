import { argMax, predictiveEntropy, softmax } from '../../core/gate/entropy.ts'
import { generalistId, secondLookId } from '../../core/gate/gate.ts'
import { fullId, type AnswerTable } from '../../core/gate/simulate-stream.ts'
import { splitCount, type Split } from '../data/dataset.ts'
import { logitsOf, predictImages, type Predictions } from '../models/predict.ts'
import type { ShippedNetwork } from '../models/trained-network.ts'
import { encodeFeatures } from './3-code.ts'
import { partitionId } from './4-partitions.ts'
import type { EvaluationContext } from './context.ts'

/** A specialist in the two forms in which it ships. */
export interface PartitionForms {
  readonly whole: ShippedNetwork
  readonly delta: ShippedNetwork
}

export interface TrainedNetworks {
  readonly full: ShippedNetwork
  readonly generalist: ShippedNetwork
  /** Absent, and no partitions, where the generalist is all. */
  readonly encoder: ShippedNetwork | undefined
  readonly partitions: readonly PartitionForms[]
}

/** What tables and temperatures call a partition in the form of its delta. */
export const deltaId = (index: number): string => `${partitionId(index)}-delta`

/** Logits of every network on every image of a split: from here on nothing needs to run again. */
export interface SplitAnswers {
  readonly labels: Int32Array
  readonly full: Predictions
  /** By id: partitions, their deltas and the generalist. */
  readonly networks: ReadonlyMap<string, Predictions>
  /** The generalist on the images' mirror images; absent where training never showed any, so that it may not know them. */
  readonly mirrored: Predictions | undefined
  /** Index of the partition that the code gives most to; empty where there are no partitions. */
  readonly chosen: readonly number[]
  readonly codes: readonly Float32Array[]
}

export function answerSplit(context: EvaluationContext, networks: TrainedNetworks, split: Split, name: string): SplitAnswers {
  const { config, input, progress } = context
  const total = splitCount(split) * (2 * networks.partitions.length + (config.augment.mirror ? 3 : 2))
  let before = 0
  progress.start()
  const run = (network: ShippedNetwork, isMirrored = false): Predictions => {
    const predictions = predictImages(network, split, input, (done) => progress.count(name, before + done, total), isMirrored)
    before += splitCount(split)
    return predictions
  }
  const full = run(networks.full)
  const { encoder } = networks
  const codes = encoder === undefined ? Array.from(split.labels, () => new Float32Array(0)) : encodeFeatures(encoder, full.features, full.featureSize)
  const small = new Map([[generalistId, run(networks.generalist)]])
  const mirrored = config.augment.mirror ? run(networks.generalist, true) : undefined
  for (const [index, { whole, delta }] of networks.partitions.entries()) {
    small.set(partitionId(index), run(whole))
    small.set(deltaId(index), run(delta))
  }
  return { labels: split.labels, full, networks: small, mirrored, codes, chosen: encoder === undefined ? [] : codes.map((code) => argMax(code)) }
}

export const isRightAt = (predictions: Predictions, labels: Int32Array, image: number): boolean => argMax(logitsOf(predictions, image)) === labels[image]

/** Share of right answers among `images` (all, where left out). */
export function accuracyOf(predictions: Predictions, labels: Int32Array, images?: readonly number[]): number {
  const chosen = images ?? Array.from({ length: predictions.count }, (_, image) => image)
  return chosen.length === 0 ? 0 : chosen.filter((image) => isRightAt(predictions, labels, image)).length / chosen.length
}

interface Judged {
  readonly entropies: Float32Array
  readonly classes: Uint16Array
  /** [images × classes] */
  probabilities(): Float32Array
}

type LogitsView = (logits: Float32Array) => Float32Array

/** What one network says, its logits changed by `view` first. */
function judge(predictions: Predictions, temperature: number, view: LogitsView = (logits) => logits): Judged {
  const entropies = new Float32Array(predictions.count)
  const classes = new Uint16Array(predictions.count)
  for (let image = 0; image < predictions.count; image++) {
    const logits = view(logitsOf(predictions, image))
    entropies[image] = predictiveEntropy(softmax(logits, temperature))
    classes[image] = argMax(logits)
  }
  let probabilities: Float32Array | undefined
  return { entropies, classes, probabilities: () => (probabilities ??= allProbabilities(predictions, temperature, view)) }
}

/** The second look: the mean of what a network says of the images and of their mirror images. */
function judgeMean(first: Judged, mirrored: Judged): Judged {
  const [a, b] = [first.probabilities(), mirrored.probabilities()]
  const mean = a.map((value, index) => (value + b[index]!) / 2)
  const images = first.classes.length
  const classes = mean.length / images
  const rowOf = (image: number): Float32Array => mean.subarray(image * classes, (image + 1) * classes)
  return {
    entropies: Float32Array.from({ length: images }, (_, image) => predictiveEntropy(rowOf(image))),
    classes: Uint16Array.from({ length: images }, (_, image) => argMax(rowOf(image))),
    probabilities: () => mean,
  }
}

function allProbabilities(predictions: Predictions, temperature: number, view: LogitsView): Float32Array {
  const classes = logitsOf(predictions, 0).length
  const result = new Float32Array(predictions.count * classes)
  for (let image = 0; image < predictions.count; image++) result.set(softmax(view(logitsOf(predictions, image)), temperature), image * classes)
  return result
}

function tableOf(answers: SplitAnswers, temperatures: ReadonlyMap<string, number>, judged: ReadonlyMap<string, Judged>): AnswerTable {
  const full = judge(answers.full, temperatures.get(fullId) ?? 1)
  return {
    entropies: new Map([...judged].map(([id, { entropies }]) => [id, entropies])),
    answers: new Map([...judged].map(([id, { classes }]) => [id, classes])),
    fullAnswers: full.classes,
    labels: answers.labels,
    codes: answers.codes,
    partitions: partitionsOf(answers),
    probabilitiesOf: (network) => (network === fullId ? full : judged.get(network))?.probabilities() ?? new Float32Array(),
  }
}

const partitionsOf = (answers: SplitAnswers): string[] => Array.from({ length: answers.codes[0]?.length ?? 0 }, (_, index) => partitionId(index))

/** Entropies and answers under calibrated temperatures, in the form that streams are replayed from. */
export function answerTable(answers: SplitAnswers, temperatures: ReadonlyMap<string, number>): AnswerTable {
  const judged = new Map([...answers.networks].map(([id, predictions]) => [id, judge(predictions, temperatures.get(id) ?? 1)]))
  const first = judged.get(generalistId)
  if (answers.mirrored !== undefined && first !== undefined) judged.set(secondLookId, judgeMean(first, judge(answers.mirrored, temperatures.get(generalistId) ?? 1)))
  return tableOf(answers, temperatures, judged)
}

/** Share of a class's images that a region must hold for the prior to allow the class there. */
const priorShare = 0.1

/** Classes that the prior allows in each region. */
export function priorClasses({ labels, chosen }: SplitAnswers, classes: number, partitions: number): boolean[][] {
  const counts = Array.from({ length: partitions }, () => new Array<number>(classes).fill(0))
  for (const [image, partition] of chosen.entries()) counts[partition]![labels[image]!]!++
  const ofClass = Array.from({ length: classes }, (_, index) => counts.reduce((sum, row) => sum + row[index]!, 0))
  return counts.map((row) => row.map((count, index) => count > 0 && count >= priorShare * ofClass[index]!))
}

/** Cascade + prior: the generalist, its classes masked to the region that the edge named last. Each region stands for a partition. */
export function priorTable(answers: SplitAnswers, temperatures: ReadonlyMap<string, number>, allowed: readonly (readonly boolean[])[]): AnswerTable {
  const ids = partitionsOf(answers)
  const temperature = temperatures.get(generalistId) ?? 1
  const generalist = answers.networks.get(generalistId)!
  const masked = ids.map((id, index): [string, Judged] => [
    id,
    judge(generalist, temperature, (logits) => logits.map((value, classIndex) => (allowed[index]![classIndex]! ? value : -1e9))),
  ])
  return tableOf(answers, temperatures, new Map([[generalistId, judge(generalist, temperature)], ...masked]))
}
