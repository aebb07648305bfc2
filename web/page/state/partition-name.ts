import type { Manifest } from '../../../core/bundle/manifest.ts'

/** What a person calls a partition: the place that it knows; its id where the bundle has no name for it. */
export const partitionName = (manifest: Pick<Manifest, 'partitions'> | undefined, id: string): string =>
  manifest?.partitions.find((partition) => partition.id === id)?.name ?? id
