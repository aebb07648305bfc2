import { requireLayers } from '../../../core/bundle/full-network.ts'
import type { Manifest } from '../../../core/bundle/manifest.ts'

/**
 * The bundle as an engine of the full model alone sees it: the full model is what it always has in memory,
 * and there are no partitions. Nothing of the engine has to know that it runs another network than usual.
 * Throws `config-invalid` for one that somebody brought: it has no layers of ours.
 */
export function fullModelBundle(manifest: Manifest): Manifest {
  const { delta: _, ...networks } = manifest.networks
  const full = requireLayers(networks.full)
  return {
    ...manifest,
    networks: { ...networks, generalist: full, partition: full },
    generalist: manifest.full,
    partitions: [],
  }
}
