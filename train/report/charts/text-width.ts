/**
 * Widths in ems of the kinds of characters, at the upper end of what system fonts have: a label may have air,
 * and is never cut off.
 */
const widths: readonly (readonly [kind: RegExp, ems: number])[] = [
  [/^(?:\p{M}|[\u200b-\u200d]|[\ufe00-\ufe0f])$/u, 0],
  [
    /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]/u,
    1.1,
  ],
  [/^[MW@%mw—…]$/u, 1.02],
  [/^[iIjl.,:;'|!\u00a0 ()[\]]$/u, 0.42],
  [/^[\p{Lu}\p{N}_–−<>=+~]$/u, 0.76],
]
const otherEms = 0.66

const segmenter = new Intl.Segmenter('en')

/** What a reader sees as one character each: an emoji or an accent is never torn. */
const characters = (text: string): string[] => Array.from(segmenter.segment(text), ({ segment }) => segment)

const widthOf = (character: string): number => widths.find(([kind]) => kind.test(character))?.[1] ?? otherEms

/** About how wide a text is at `fontSize`, in the same units; rather too much than too little. */
export const textWidth = (text: string, fontSize = 10.5): number =>
  fontSize * characters(text).reduce((sum, character) => sum + widthOf(character), 0)

/** A text that fits into `width`, its end left out where it has to be. */
export function shortenTo(text: string, width: number, fontSize = 10.5): string {
  if (textWidth(text, fontSize) <= width) return text
  const kept = characters(text)
  while (kept.length > 1 && textWidth(`${kept.join('')}…`, fontSize) > width) kept.pop()
  return `${kept.join('').trimEnd()}…`
}
