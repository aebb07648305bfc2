import type { BlobRef } from './blob-ref.ts'
import type { Manifest } from './manifest.ts'

export type BlobRole = 'full' | 'licence' | 'encoder' | 'generalist' | 'partition' | 'delta' | 'classPictures'

export interface NamedBlob {
  readonly role: BlobRole
  readonly id: string
  readonly ref: BlobRef
}

/** Every blob that a manifest names, with what it is for. */
export function blobsOf({ full, encoder, generalist, partitions, classPictures }: Manifest): NamedBlob[] {
  const plain = ({ bytes, sha256 }: BlobRef): BlobRef => ({ bytes, sha256 })
  return [
    { role: 'full', id: 'full', ref: full.whole },
    ...(full.licence === undefined ? [] : [{ role: 'licence' as const, id: 'licence', ref: full.licence }]),
    ...(encoder === undefined ? [] : [{ role: 'encoder' as const, id: 'encoder', ref: encoder.whole }]),
    { role: 'generalist', id: 'generalist', ref: generalist.whole },
    ...partitions.map(({ id, whole }) => ({ role: 'partition' as const, id, ref: whole })),
    ...partitions.flatMap(({ id, delta }) =>
      delta === undefined ? [] : [{ role: 'delta' as const, id, ref: plain(delta) }],
    ),
    ...(classPictures === undefined
      ? []
      : [{ role: 'classPictures' as const, id: 'class-pictures', ref: plain(classPictures) }]),
  ]
}
