import type { EngineBundle } from './engine.ts'

type Networks = Pick<EngineBundle, 'full' | 'encoder'>

const isSame = (
  one: { readonly spec: unknown; readonly blob: Uint8Array },
  other: { readonly spec: unknown; readonly blob: Uint8Array },
): boolean =>
  Buffer.compare(one.blob, other.blob) === 0 && JSON.stringify(one.spec) === JSON.stringify(other.spec)

/**
 * Whether two versions of a bundle run the same networks on the edge: most new versions bring other
 * partitions, which only phones run.
 */
export function haveSameNetworks(one: Networks, other: Networks): boolean {
  if (one.encoder === undefined || other.encoder === undefined)
    return one.encoder === other.encoder && isSame(one.full, other.full)
  return (
    one.encoder.trunk === other.encoder.trunk &&
    isSame(one.full, other.full) &&
    isSame(one.encoder, other.encoder)
  )
}
