import { CacheNetError } from '../../core/wire/errors.ts'

/**
 * The right to write, train and publish. One edge alone has it for good; of several that share their places
 * one has it at a time, and may lose it at any moment.
 */
export interface Keepership {
  /** As far as this edge knows, by its own clock: never true once another edge may have it. */
  isHeld(): boolean
  /** Asks again and holds it for a while longer. Rejects with `aborted` where it is lost. */
  confirm(): Promise<void>
}

export const alone: Keepership = { isHeld: () => true, confirm: () => Promise.resolve() }

/** Throws `aborted` where it is lost. */
export function requireHeld(keepership: Pick<Keepership, 'isHeld'>): void {
  if (!keepership.isHeld())
    throw new CacheNetError('aborted', 'Another edge keeps the places now; nothing was changed here.')
}
