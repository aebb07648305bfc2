import * as z from 'zod/mini'
import { refused, type Refusal } from './refusal.ts'
import type { Signer } from './signature.ts'

/** What a device holds to about a bundle of an edge; the key is null where nobody ever signed it. */
export const pinSchema = z.object({ publicKey: z.nullable(z.string()), revision: z.int() })
export type Pin = z.infer<typeof pinSchema>

const unsigned: Pin = { publicKey: null, revision: 0 }

/**
 * What to hold to after a manifest was seen: the key of the first that was signed, and its newest revision.
 * Gives `pin` itself where nothing changes. Throws `bundle-unsigned`, `bundle-key-changed` or
 * `bundle-rolled-back`.
 *
 * @param signer who signed it; the signature was checked. Undefined where nobody did
 */
export function judge(bundleId: string, pin: Pin | undefined, signer: Signer | undefined): Pin {
  if (pin === undefined || pin.publicKey === null)
    return signer === undefined ? (pin ?? unsigned) : { ...signer }
  const pinned: Signer = { publicKey: pin.publicKey, revision: pin.revision }
  const refuse = (code: Refusal['code']): never => {
    throw refused({ code, bundleId, pinned, found: signer ?? null })
  }
  if (signer === undefined) return refuse('bundle-unsigned')
  if (signer.publicKey !== pinned.publicKey) return refuse('bundle-key-changed')
  if (signer.revision < pinned.revision) return refuse('bundle-rolled-back')
  return signer.revision === pinned.revision ? pin : { ...signer }
}

/** What to hold to once a person has taken what was refused. */
export const accepted = ({ found }: Refusal): Pin => (found === null ? unsigned : { ...found })
