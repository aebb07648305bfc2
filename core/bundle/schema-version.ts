import type { NetworkSpec } from '../network/spec.ts'
import { isGraph, type FullNetwork } from './full-network.ts'

export const manifestSchemaVersion = 3
/**
 * Of a bundle whose full model somebody brought (`GraphSpec`). Programs before it cannot read such a bundle,
 * and this number makes them say so. All other bundles keep the version before.
 */
export const graphSchemaVersion = 4
/** Of a bundle with depthwise layers in one of its networks, for the same reason. */
export const separableSchemaVersion = 5
/** What this program reads: what it writes, and the version before. */
export const readableSchemaVersions: readonly number[] = [
  2,
  manifestSchemaVersion,
  graphSchemaVersion,
  separableSchemaVersion,
]

/** The networks of a bundle, as far as they ask for a version. */
export interface VersionedNetworks {
  readonly generalist: NetworkSpec
  readonly partition: NetworkSpec
  readonly full: FullNetwork
  readonly encoder?: { readonly spec: NetworkSpec } | undefined
}

const hasDepthwise = ({ layers }: NetworkSpec): boolean =>
  layers.some(
    (layer) =>
      layer.kind === 'depthwise' ||
      (layer.kind === 'residual' && layer.layers.some(({ kind }) => kind === 'depthwise')),
  )

/** The least schema version whose programs understand these networks. */
export function schemaVersionOf({ generalist, partition, full, encoder }: VersionedNetworks): 3 | 4 | 5 {
  const own = [generalist, partition, ...(encoder === undefined ? [] : [encoder.spec])]
  if ([...own, ...(isGraph(full) ? [] : [full])].some(hasDepthwise)) return separableSchemaVersion
  return isGraph(full) ? graphSchemaVersion : manifestSchemaVersion
}
