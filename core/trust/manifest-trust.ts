import { accepted, judge, type Pin } from './pin.ts'
import type { Refusal } from './refusal.ts'
import type { Signer } from './signature.ts'

export interface PinStore {
  /** Gets ready: a pin will be asked for soon. */
  prepare?(): void
  /**
   * Puts what `decide` makes of a pin in its place, in one step that no other page or worker comes between.
   * Where `decide` throws, nothing changes, and so this rejects.
   */
  update(name: string, decide: (pin: Pin | undefined) => Pin): Promise<void>
}

/** Whom to believe about bundles. */
export interface ManifestTrust {
  /** A manifest is on its way. */
  prepare?(): void
  /**
   * Rejects with `bundle-unsigned`, `bundle-key-changed` or `bundle-rolled-back` where the manifest is not to
   * be used.
   */
  admit(bundleId: string, signer: Signer | undefined): Promise<void>
}

/**
 * Of a device: believes the first key that it sees for a bundle of an edge, and no other until a person says
 * so.
 */
export interface DeviceTrust extends ManifestTrust {
  /** A person has taken what was refused. */
  accept(refusal: Refusal): Promise<void>
}

/** @param origin of the edge: each edge has keys of its own */
export function createDeviceTrust(pins: PinStore, origin: () => string): DeviceTrust {
  const nameOf = (bundleId: string): string => `${origin()} ${bundleId}`
  return {
    prepare: () => pins.prepare?.(),
    admit: (bundleId, signer) => pins.update(nameOf(bundleId), (pin) => judge(bundleId, pin, signer)),
    accept: (refusal) => pins.update(nameOf(refusal.bundleId), () => accepted(refusal)),
  }
}

/** For tools that hold to no key: they see what an edge serves, whoever signed it. */
export const anySigner: ManifestTrust = { admit: () => Promise.resolve() }
