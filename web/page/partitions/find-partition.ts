import type { Manifest, Partition } from '../../../core/bundle/manifest.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'

/** Throws `blob-missing` where no bundle is open, or the open one has no such partition. */
export function findPartition(
  manifest: Pick<Manifest, 'id' | 'partitions'> | undefined,
  id: string,
): { readonly bundleId: string; readonly partition: Partition } {
  const partition = manifest?.partitions.find((candidate) => candidate.id === id)
  if (manifest === undefined || partition === undefined)
    throw new CacheNetError('blob-missing', 'The open bundle has no such partition.')
  return { bundleId: manifest.id, partition }
}
