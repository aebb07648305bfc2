import { walkerNames } from '../../../core/walkers/names.ts'
import { walkerCount } from '../../../core/walkers/sequence.ts'

/** The demo's people whom a bundle was trained on, by their identities. */
export function knownWalkers(classNames: readonly string[]): number[] {
  const known = new Set(classNames)
  return walkerNames(walkerCount).flatMap((name, identity) => (known.has(name) ? [identity] : []))
}

/**
 * Whether the demo has anything to show to a bundle: to one that was trained on something else, people are
 * nonsense.
 */
export const hasDemo = (classNames: readonly string[]): boolean => knownWalkers(classNames).length >= 2
