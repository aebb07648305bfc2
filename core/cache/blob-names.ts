import type { BlobRef } from '../bundle/blob-ref.ts'
import { blobsOf } from '../bundle/manifest-blobs.ts'
import type { Manifest } from '../bundle/manifest.ts'
import type { BlobNames, Keeping } from './reconcile.ts'

export interface NamedBlob {
  readonly ref: BlobRef
  readonly bytes: number
  readonly keeping: Keeping
  /** The bundles it belongs to, and what each calls it. */
  readonly namedBy: readonly { readonly bundleId: string; readonly id: string }[]
}

export interface NamedBlobs extends BlobNames {
  readonly blobs: ReadonlyMap<string, NamedBlob>
}

type Role = ReturnType<typeof blobsOf>[number]['role']

/**
 * A device runs partitions and the generalist, and the full model where that was fetched; the encoder runs on
 * the edge only. Deltas are kept: all of them together are smaller than one partition.
 */
const keepingOf: Readonly<Record<Role, Keeping>> = {
  generalist: 'resident',
  delta: 'resident',
  partition: 'evictable',
  full: 'resident',
  encoder: 'not-kept',
  licence: 'not-kept',
  classPictures: 'resident',
}
const byStrength: readonly Keeping[] = ['not-kept', 'evictable', 'resident']

/** Everything that the manifests name. A blob with several roles is kept as the strongest of them asks. */
export function nameBlobs(manifests: Iterable<Manifest>, isComplete: boolean): NamedBlobs {
  const blobs = new Map<string, NamedBlob>()
  for (const manifest of manifests) {
    for (const { role, id, ref } of blobsOf(manifest)) {
      const known = blobs.get(ref.sha256)
      const keeping =
        [known?.keeping ?? 'not-kept', keepingOf[role]].sort(
          (a, b) => byStrength.indexOf(b) - byStrength.indexOf(a),
        )[0] ?? 'not-kept'
      const namedBy = [...(known?.namedBy ?? []), { bundleId: manifest.id, id }]
      blobs.set(ref.sha256, { ref, bytes: ref.bytes, keeping, namedBy })
    }
  }
  return { isComplete, blobs }
}
