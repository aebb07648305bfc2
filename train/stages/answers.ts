import { argMax, predictiveEntropy, softmax } from '../../core/gate/entropy.ts'
import type { PartitionHead } from '../../core/bundle/partition-head.ts'
import { generalistId } from '../../core/gate/gate.ts'
import { fullId, type AnswerTable } from '../../core/gate/answer-table.ts'
import { strangeness } from '../../core/gate/strangeness.ts'
import { splitCount, type Split } from '../data/dataset.ts'
import { encodeFeatures } from '../models/encode-features.ts'
import { deltaId, partitionId } from '../models/partition-id.ts'
import { logitsOf, predictImages, type Predictions } from '../models/predict.ts'
import { endingAtOnce } from '../run/abort-on-interrupt.ts'
import type { FullModel } from '../models/ship-network.ts'
import type { TrainedNetworks } from '../models/trained-networks.ts'
import type { EvaluationContext } from './context.ts'

/** Logits of every network on every image of a split: from here on nothing needs to run again. */
export interface SplitAnswers {
  readonly labels: Int32Array
  readonly full: Predictions
  /** By id: partitions, their deltas and the generalist. */
  readonly networks: ReadonlyMap<string, Predictions>
  /** Of partitions and their deltas that have outputs of their own. */
  readonly heads: ReadonlyMap<string, PartitionHead>
  /**
   * The generalist on the images' mirror images; absent where training never showed any, so that it may not
   * know them.
   */
  readonly mirrored: Predictions | undefined
  /** Index of the partition that the code gives most to; empty where there are no partitions. */
  readonly chosen: readonly number[]
  readonly codes: readonly Float32Array[]
}

/** The head of every network that has one, by id: a delta answers with its partition's. */
const headsOf = ({ partitions }: TrainedNetworks): Map<string, PartitionHead> =>
  new Map(
    partitions.flatMap(({ head }, index) =>
      head === undefined ? [] : [[partitionId(index), head] as const, [deltaId(index), head] as const],
    ),
  )

/** What it takes to ask networks. */
export type AnswerContext = Pick<EvaluationContext, 'config' | 'input' | 'progress'>

/** Every network's answers to a split; minutes of it where it is large. */
export const answerSplit = (
  context: AnswerContext,
  networks: TrainedNetworks,
  split: Split,
  name: string,
): SplitAnswers => endingAtOnce(() => answerAll(context, networks, split, name))

function answerAll(
  context: AnswerContext,
  networks: TrainedNetworks,
  split: Split,
  name: string,
): SplitAnswers {
  const { config, input, progress } = context
  const deltas = networks.partitions.filter(({ delta }) => delta !== undefined).length
  const total = splitCount(split) * (networks.partitions.length + deltas + (config.augment.mirror ? 3 : 2))
  let before = 0
  progress.start()
  const run = (network: FullModel, isMirrored = false): Predictions => {
    const predictions = predictImages(
      network,
      split,
      input,
      (done) => progress.count(name, before + done, total),
      isMirrored,
    )
    before += splitCount(split)
    return predictions
  }
  const full = run(networks.full)
  const { encoder } = networks
  const codes =
    encoder === undefined
      ? Array.from(split.labels, () => new Float32Array(0))
      : encodeFeatures(encoder, full.features, full.featureSize)
  const small = new Map([[generalistId, run(networks.generalist)]])
  const mirrored = config.augment.mirror ? run(networks.generalist, true) : undefined
  for (const [index, { whole, delta }] of networks.partitions.entries()) {
    small.set(partitionId(index), run(whole))
    if (delta !== undefined) small.set(deltaId(index), run(delta))
  }
  return {
    labels: split.labels,
    full,
    networks: small,
    heads: headsOf(networks),
    mirrored,
    codes,
    chosen: encoder === undefined ? [] : codes.map((code) => argMax(code)),
  }
}

/** Class that a network answers: the likeliest of its own where it has a head. */
export const classAt = (predictions: Predictions, image: number, head?: PartitionHead): number => {
  const logits = logitsOf(predictions, image)
  return head === undefined
    ? argMax(logits)
    : (head.classIndices[argMax(logits.subarray(0, head.classIndices.length))] ?? -1)
}

export const isRightAt = (
  predictions: Predictions,
  labels: Int32Array,
  image: number,
  head?: PartitionHead,
): boolean => classAt(predictions, image, head) === labels[image]

/** Share of right answers among `images` (all, where left out). */
export function accuracyOf(
  predictions: Predictions,
  labels: Int32Array,
  images?: readonly number[],
  head?: PartitionHead,
): number {
  const chosen = images ?? Array.from({ length: predictions.count }, (_, image) => image)
  return chosen.length === 0
    ? 0
    : chosen.filter((image) => isRightAt(predictions, labels, image, head)).length / chosen.length
}

interface Judged {
  readonly entropies: Float32Array
  readonly classes: Uint16Array
  readonly strange: Float32Array
  /** [images × outputs] */
  probabilities(): Float32Array
}

/** What one network says. */
function judge(predictions: Predictions, temperature: number, head?: PartitionHead): Judged {
  const { count } = predictions
  const [entropies, classes, strange] = [
    new Float32Array(count),
    new Uint16Array(count),
    new Float32Array(count),
  ]
  for (let image = 0; image < count; image++) {
    const logits = logitsOf(predictions, image)
    entropies[image] = predictiveEntropy(softmax(logits, temperature))
    classes[image] = classAt(predictions, image, head)
    strange[image] = strangeness(logits, head !== undefined)
  }
  let probabilities: Float32Array | undefined
  return {
    entropies,
    classes,
    strange,
    probabilities: () => (probabilities ??= allProbabilities(predictions, temperature)),
  }
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
    strange: first.strange,
    probabilities: () => mean,
  }
}

function allProbabilities(predictions: Predictions, temperature: number): Float32Array {
  const result = new Float32Array(predictions.count * predictions.outputs)
  for (let image = 0; image < predictions.count; image++)
    result.set(softmax(logitsOf(predictions, image), temperature), image * predictions.outputs)
  return result
}

function tableOf(
  answers: SplitAnswers,
  { temperatures, bounds }: NetworkFacts,
  judged: ReadonlyMap<string, Judged>,
  again: Judged | undefined,
): AnswerTable {
  const full = judge(answers.full, temperatures.get(fullId) ?? 1)
  return {
    entropies: new Map([...judged].map(([id, { entropies }]) => [id, entropies])),
    answers: new Map([...judged].map(([id, { classes }]) => [id, classes])),
    strange: new Map(
      [...judged, [fullId, full] as const].map(([id, { strange }]) => [
        id,
        Uint8Array.from(strange, (value) => Number(value > (bounds.get(id) ?? Infinity))),
      ]),
    ),
    heads: answers.heads,
    fullAnswers: full.classes,
    labels: answers.labels,
    codes: answers.codes,
    partitions: partitionsOf(answers),
    probabilitiesOf: (network) =>
      (network === fullId ? full : judged.get(network))?.probabilities() ?? new Float32Array(),
    ...(again === undefined
      ? {}
      : {
          secondLook: {
            entropies: again.entropies,
            answers: again.classes,
            probabilities: () => again.probabilities(),
          },
        }),
  }
}

const partitionsOf = (answers: SplitAnswers): string[] =>
  Array.from({ length: answers.codes[0]?.length ?? 0 }, (_, index) => partitionId(index))

/** What was calibrated of each network, by id; the full model is `full`. */
export interface NetworkFacts {
  readonly temperatures: ReadonlyMap<string, number>
  /** Above it an image is strange to the network: see `strangeness`. */
  readonly bounds: ReadonlyMap<string, number>
}

/** Entropies and answers under calibrated temperatures, in the form that streams are replayed from. */
export function answerTable(answers: SplitAnswers, facts: NetworkFacts): AnswerTable {
  const { temperatures } = facts
  const judged = new Map(
    [...answers.networks].map(([id, predictions]) => [
      id,
      judge(predictions, temperatures.get(id) ?? 1, answers.heads.get(id)),
    ]),
  )
  const first = judged.get(generalistId)
  const again =
    answers.mirrored === undefined || first === undefined
      ? undefined
      : judgeMean(first, judge(answers.mirrored, temperatures.get(generalistId) ?? 1))
  return tableOf(answers, facts, judged, again)
}
