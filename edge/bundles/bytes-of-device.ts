import type { Manifest } from '../../core/bundle/manifest.ts'

/**
 * What a device fetches of a bundle, in bytes: the generalist to start with; with all partitions, whole. Full
 * model and encoder stay on the edge.
 */
export function bytesOfDevice({ generalist, partitions }: Pick<Manifest, 'generalist' | 'partitions'>): {
  start: number
  all: number
} {
  const start = generalist.whole.bytes
  return { start, all: partitions.reduce((sum, { whole }) => sum + whole.bytes, start) }
}
