import type { ShownAnswer } from '../state/session.ts'

/** Where an answer came from, in the words of the page. */
export const badgeTexts = { hit: 'On this device', miss: 'Edge', uncertain: 'Uncertain', offline: 'Uncertain, offline', pending: 'Asking the edge' } as const
export type Badge = keyof typeof badgeTexts

export const badgeOf = ({ outcome, isPending }: ShownAnswer, isOffline = false): Badge => {
  if (isPending) return 'pending'
  return outcome === 'uncertain' && isOffline ? 'offline' : outcome
}

/** Nobody is certain: not this device, and not the edge either, by the partitions' own measure. */
export function isGuess({ outcome, edgeEntropyNats }: ShownAnswer, thresholdNats: number): boolean {
  return outcome === 'uncertain' || (edgeEntropyNats !== null && edgeEntropyNats > thresholdNats)
}
