import { splitCount, type Split } from '../data/dataset.ts'
import { drawStrangers } from '../data/strangers.ts'
import type { PartitionLossSettings } from '../config/schema.ts'
import type { EvaluationContext } from './context.ts'

/** Drawn pictures that show none of the classes, for training: their indices count on from its images. */
export const trainingStrangers = ({ dataset }: Pick<EvaluationContext, 'dataset'>): Split =>
  drawStrangers(dataset, 'training')

/**
 * What a network is shown from outside: images of other classes, and drawn pictures in the share that the
 * settings ask for, each as often as the others of its kind. Indices of training images, and beyond them of
 * `trainingStrangers`.
 *
 * @param others images of classes that the network does not know; empty for a network of all classes
 */
export function outsidersOf(
  context: Pick<EvaluationContext, 'dataset'>,
  others: ArrayLike<number>,
  { outsideShare, strangerShare = 0 }: PartitionLossSettings,
): ArrayLike<number> {
  if (outsideShare === 0 || strangerShare === 0) return others
  const images = splitCount(context.dataset.train)
  const drawn = splitCount(trainingStrangers(context))
  // Of those that there are more of, all are taken: the others come again.
  const ofOthers = others.length === 0 ? 0 : 1 - strangerShare
  const total = Math.max(drawn / strangerShare, ofOthers === 0 ? 0 : others.length / ofOthers)
  const [fromOthers, fromDrawn] = [Math.round(total * ofOthers), Math.round(total * (1 - ofOthers))]
  return Int32Array.from({ length: fromOthers + fromDrawn }, (_, at) =>
    at < fromOthers ? (others[at % others.length] ?? 0) : images + ((at - fromOthers) % drawn),
  )
}
