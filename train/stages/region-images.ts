import type { PartitionHead } from '../../core/bundle/partition-head.ts'
import { imagesOfRegion } from './regions.ts'

/** How often each class is seen in a partition's region, and something else in its training. */
export function headShares({ classIndices, prior }: PartitionHead): {
  readonly shares: readonly number[]
  readonly elsewhere: number
} {
  const elsewhere = prior[classIndices.length] ?? 0
  return { shares: prior.slice(0, -1).map((share) => share / (1 - elsewhere)), elsewhere }
}

/**
 * Images of a split inside a partition's region, each class as often as it is seen there, and those that show
 * something else.
 */
export function imagesOfHead(
  head: PartitionHead,
  labels: Int32Array,
): { readonly inside: readonly number[]; readonly outside: readonly number[] } {
  const byClass = new Map<number, number[]>(head.classIndices.map((index) => [index, []]))
  const outside: number[] = []
  for (const [image, label] of labels.entries()) (byClass.get(label) ?? outside).push(image)
  const { shares } = headShares(head)
  const lists: number[][] = []
  for (const [index, images] of byClass) lists[index] = images
  return { inside: imagesOfRegion({ classIndices: head.classIndices, shares }, lists), outside }
}

/** Labels in the outputs of a head: what it does not know is its last one. */
export function headLabels({ classIndices }: PartitionHead, labels: Int32Array): Int32Array {
  const outputOf = new Map(classIndices.map((index, output) => [index, output]))
  return labels.map((label) => outputOf.get(label) ?? classIndices.length)
}
