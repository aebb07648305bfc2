import { headOf } from '../../../core/bundle/manifest-networks.ts'
import type { Manifest } from '../../../core/bundle/manifest.ts'
import type { PartitionHead } from '../../../core/bundle/partition-head.ts'
import type { Light } from '../../../core/light/light.ts'
import type { HeldPartition } from '../../../core/wire/frames.ts'

/** What was calibrated of a network, as the worker is told it. */
export interface NetworkFit {
  readonly temperature: number
  readonly mostStrange?: number
  readonly light?: Light
}

export const fitOf = ({
  temperature,
  mostStrange,
}: {
  readonly temperature: number
  readonly mostStrange?: number | undefined
}): NetworkFit => ({
  temperature,
  ...(mostStrange === undefined ? {} : { mostStrange }),
})

/** What was calibrated of a partition in this form. */
export function fitOfPartition(
  { partitions }: Pick<Manifest, 'partitions'>,
  id: string,
  form: HeldPartition['form'],
): NetworkFit {
  const partition = partitions.find((candidate) => candidate.id === id)
  const light = partition?.learned?.light
  return {
    ...fitOf((form === 'delta' ? partition?.delta : partition) ?? { temperature: 1 }),
    ...(light === undefined ? {} : { light }),
  }
}

/** Heads of the partitions that have outputs of their own, by id. */
export const headsOf = ({ partitions }: Manifest): Map<string, PartitionHead> =>
  new Map(
    partitions.flatMap((partition) => {
      const head = headOf(partition)
      return head === undefined ? [] : [[partition.id, head] as const]
    }),
  )
