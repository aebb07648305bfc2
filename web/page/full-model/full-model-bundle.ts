import type { Manifest } from '../../../core/bundle/manifest.ts'

/**
 * The bundle as an engine of the full model alone sees it: the full model is what it always has in memory,
 * and there are no partitions. Nothing of the engine has to know that it runs another network than usual.
 */
export function fullModelBundle(manifest: Manifest): Manifest {
  const { delta: _, ...networks } = manifest.networks
  const { full } = networks
  return {
    ...manifest,
    networks: { ...networks, generalist: full, partition: full },
    generalist: manifest.full,
    partitions: [],
  }
}
