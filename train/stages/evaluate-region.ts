import type { AnswerTable } from '../../core/gate/answer-table.ts'
import { generalistId } from '../../core/gate/gate.ts'
import { auroc } from '../calibration/auroc.ts'
import { calibrationError } from '../calibration/calibration-error.ts'
import { deltaId, partitionId } from '../models/partition-id.ts'
import type { Calibration } from './5-calibrate.ts'
import { accuracyOf, type SplitAnswers } from './answers.ts'
import { controlAccuracy, type HeadControl } from './head-controls.ts'
import { headLabels, headShares, imagesOfHead } from './region-images.ts'
import { toldAccuracy } from './told-accuracy.ts'

/** What is said of one partition on the images of its region. */
export interface RegionMetrics {
  readonly partition: string
  readonly images: number
  readonly accuracy: number
  /** Of the partition in the form of its delta, where it has one. */
  readonly deltaAccuracy?: number | undefined
  /**
   * Of the generalist that is told the region and has a head trained anew for it: what a partition beats
   * that by it has learnt below the head.
   */
  readonly headAccuracy?: number | undefined
  readonly fullAccuracy: number
  /** Of the full model that is told the region. */
  readonly fullPriorAccuracy: number
  readonly generalistAccuracy: number
  /** Of the generalist that is told the region: what a partition beats that by is its own. */
  readonly priorAccuracy: number
  /** Something else, or entropy where it knows no such thing, as a detector of having left the region. */
  readonly aurocOutside: number
  /** AUROC of entropy as a detector of its own errors, inside the region. */
  readonly aurocErrors: number
  /** Expected calibration error inside the region, before and after temperature scaling. */
  readonly eceBefore: number
  readonly eceAfter: number
}

/**
 * Looks at a partition on the images of its region: those that its head knows, each class as often as it is
 * seen there, or, where it answers all classes, those that the selector gives to it.
 *
 * @param table of the same answers
 * @param index of the partition, in the code's order
 * @param control undefined: nobody trained a head anew for this region
 */
export function evaluateRegion(
  answers: SplitAnswers,
  table: AnswerTable,
  { temperatures }: Calibration,
  index: number,
  control: HeadControl | undefined,
): RegionMetrics {
  const id = partitionId(index)
  const { labels, networks, heads } = answers
  const predictions = networks.get(id)!
  const head = heads.get(id)
  const all = Array.from(labels.keys())
  const { inside, outside } =
    head === undefined
      ? {
          inside: all.filter((image) => answers.chosen[image] === index),
          outside: all.filter((image) => answers.chosen[image] !== index),
        }
      : imagesOfHead(head, labels)
  const entropies = table.entropies.get(id)!
  const isRight = (image: number): boolean => table.answers.get(id)![image] === labels[image]
  const spread = (isWanted: boolean): number[] =>
    inside.filter((image) => isRight(image) === isWanted).map((image) => entropies[image]!)
  const shareOf = new Map(
    head === undefined
      ? [...new Set(inside.map((image) => labels[image]!))].map((label) => [label, 1] as const)
      : head.classIndices.map((of, output) => [of, headShares(head).shares[output]!] as const),
  )
  // A share of something else that grows outside, or an entropy that does.
  const elsewhere = table.probabilitiesOf?.(id)
  const leaves = (image: number): number =>
    head === undefined || elsewhere === undefined
      ? entropies[image]!
      : elsewhere[(image + 1) * predictions.outputs - 1]!
  const delta = networks.get(deltaId(index))
  const regionLabels = head === undefined ? labels : headLabels(head, labels)
  return {
    partition: id,
    images: new Set(inside).size,
    accuracy: accuracyOf(predictions, labels, inside, head),
    ...(delta === undefined ? {} : { deltaAccuracy: accuracyOf(delta, labels, inside, head) }),
    ...(control === undefined || head === undefined
      ? {}
      : { headAccuracy: controlAccuracy(control, networks.get(generalistId)!, head, labels, inside) }),
    fullAccuracy: accuracyOf(answers.full, labels, inside),
    fullPriorAccuracy: toldAccuracy(answers.full, labels, inside, shareOf),
    generalistAccuracy: accuracyOf(networks.get(generalistId)!, labels, inside),
    priorAccuracy: toldAccuracy(networks.get(generalistId)!, labels, inside, shareOf),
    aurocOutside: auroc(outside.map(leaves), inside.map(leaves)),
    aurocErrors: auroc(spread(false), spread(true)),
    eceBefore: calibrationError(predictions, regionLabels, inside, 1),
    eceAfter: calibrationError(predictions, regionLabels, inside, temperatures.get(id) ?? 1),
  }
}
