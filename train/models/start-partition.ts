import { headOutputs, type PartitionHead } from '../../core/bundle/partition-head.ts'
import { parameterLayout, type Architecture } from './architecture.ts'
import type { TrainedNetwork } from './ship-network.ts'

/**
 * Parameters to train a partition from: a network that knows all classes, its head cut down to the region's.
 * Something else starts as the mean of all classes that the region does not hold.
 */
export function startPartition(
  { architecture: from, vector }: Pick<TrainedNetwork, 'architecture' | 'vector'>,
  head: PartitionHead,
): { architecture: Architecture; initial: Float32Array } {
  const architecture: Architecture = { ...from, classes: headOutputs(head) }
  const known = new Map(
    parameterLayout(from).parameters.map(({ name, offset, size }) => [
      name,
      vector.subarray(offset, offset + size),
    ]),
  )
  const layout = parameterLayout(architecture)
  const initial = new Float32Array(layout.size)
  const own = new Set(head.classIndices)
  const others = Array.from({ length: from.classes }, (_, index) => index).filter((index) => !own.has(index))
  for (const { name, offset, size } of layout.parameters) {
    const values = known.get(name)!
    const target = initial.subarray(offset, offset + size)
    if (!name.startsWith('head/')) {
      target.set(values)
      continue
    }
    const rows = values.length / from.classes
    for (let row = 0; row < rows; row++) {
      const at = (index: number): number => values[row * from.classes + index]!
      for (const [output, index] of head.classIndices.entries())
        target[row * architecture.classes + output] = at(index)
      target[row * architecture.classes + head.classIndices.length] =
        others.length === 0 ? 0 : others.reduce((total, index) => total + at(index), 0) / others.length
    }
  }
  return { architecture, initial }
}
