import type { ShownAnswer } from '../../state/stream-view.ts'

/** Where an answer came from, in the words of the page. */
export const badgeTexts = {
  hit: 'On this device',
  miss: 'Edge',
  missHere: 'Full model, here',
  uncertain: 'Uncertain',
  offline: 'Uncertain, offline',
  pending: 'Asking the full model',
} as const
/** How it is coloured; which words go with it is `badgeText`'s matter. */
export type Badge = Exclude<keyof typeof badgeTexts, 'missHere'>

/** An answer that is not among the classes of a bundle. */
export const noneText = 'None of these'

export const badgeOf = ({ outcome, isPending }: ShownAnswer, isOffline = false): Badge => {
  if (isPending) return 'pending'
  return outcome === 'uncertain' && isOffline ? 'offline' : outcome
}

/** Nothing fits what is seen; while the edge is asked, that is not said yet. */
export const isNone = ({ sureness, isPending }: ShownAnswer): boolean => sureness === 'none' && !isPending

/** Nobody is certain: not this device, and not the edge either. */
export const isGuess = ({ outcome, sureness }: ShownAnswer): boolean =>
  outcome === 'uncertain' || sureness === 'unsure' || sureness === 'none'

/** The same with how sure it is. */
export function badgeText(answer: ShownAnswer, isOffline: boolean): string {
  const badge = badgeOf(answer, isOffline)
  const { sureness } = answer
  if (badge === 'miss') {
    const text = badgeTexts[answer.answeredBy === 'device' ? 'missHere' : 'miss']
    return isGuess(answer) ? `${text}, uncertain too` : text
  }
  if (badge !== 'hit' || sureness === 'certain') return badgeTexts[badge]
  return sureness === 'likely' ? 'On this device, likely' : 'On this device, a guess'
}

export const labelText = (answer: ShownAnswer): string => (isNone(answer) ? noneText : answer.label)
