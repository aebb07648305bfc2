import { mostChecked, unlikeOfAnswers } from '../../../../core/places/drift.ts'
import type { Judgement } from '../../../../core/places/learn-result.ts'
import type { Light } from '../../../../core/light/light.ts'
import type { PlaceReport } from '../../../../core/wire/place-report.ts'
import { formatCount, formatMeasured, formatShare } from '../format.ts'

/** What was learned is judged on so much of the frames: the latest of them. */
const judgedShare = 0.2

/** A row of numbers: of what the bundle had, and of what was learned. */
export interface GainRow {
  readonly what: string
  readonly before: string
  readonly after: string
}

/** What was gained, as shares of the frames that it was judged on: few, so that each has its interval. */
export function gainRows({ place: { learned }, learnedFrom }: PlaceReport): GainRow[] {
  if (learned === undefined || learnedFrom === undefined) return []
  const judged = Math.max(1, Math.round(learnedFrom.frames * judgedShare))
  const row = (what: string, shareOf: (judgement: Judgement) => number): GainRow => ({
    what,
    before: formatMeasured(shareOf(learned.before), judged),
    after: formatMeasured(shareOf(learned.after), judged),
  })
  return [
    row('Sent to the edge', ({ misses }) => misses),
    row('Answered on the phone, as the full model', ({ misses, wrongHits }) =>
      Math.max(0, 1 - misses - wrongHits),
    ),
    row('Answered on the phone, otherwise', ({ wrongHits }) => wrongHits),
  ]
}

/** What the numbers of `gainRows` are of. */
export const gainText = ({ learnedFrom }: PlaceReport): string =>
  `Of the latest fifth of the frames (about ${formatCount((learnedFrom?.frames ?? 0) * judgedShare)}), which training did not see. Before is the best that the bundle had. In brackets is where the true share lies, 19 times of 20.`

/** In which light a place is looked at again, in words. */
export function lightText({ gain, offset }: Light): string {
  const colours = ['red', 'green', 'blue'].map((name, channel) => {
    const moved = Math.round(100 * (offset[channel] ?? 0))
    const by = moved === 0 ? '' : ` ${moved < 0 ? '−' : '+'} ${Math.abs(moved)} %`
    return `${name} × ${(gain[channel] ?? 1).toFixed(1)}${by}`
  })
  return `pictures that are strange as they are, as at dusk, are looked at again with ${colours.join(', ')}`
}

/** What was promised of a learned place, and what was seen since, a sentence each. */
export function checkTexts({ place: { learned, drifts = 0 }, checks }: PlaceReport): string[] {
  if (learned === undefined) return []
  const { answers, unlike } = checks
  const since = drifts === 0 ? 'it was learned' : 'it was last made less certain'
  return [
    `Promised: ${formatShare(unlikeOfAnswers(learned.after), 1)} of the phone’s own answers are unlike the full model’s.`,
    answers === 0
      ? `Seen: no answer was checked since ${since}. Phones that learn have one of about sixty checked.`
      : `Seen since ${since}: ${unlike} of ${answers} checked answers${answers >= mostChecked ? ', the latest,' : ''} were unlike: ${formatMeasured(unlike / answers, answers)}.`,
    drifts === 0
      ? 'Where far more are unlike than was promised, it is made certain less often, and learned anew sooner.'
      : `It parted ways with the full model ${drifts === 1 ? 'once' : `${drifts} times`} since it was learned, and was made certain less often each time; the third time it is taken out.`,
  ]
}

/** What nobody knows of the place, a sentence each. */
export function unknownTexts({ place: { learned, frames }, learnedFrom, classes }: PlaceReport): string[] {
  return [
    'Whether the full model is right: all numbers here are held against its answers.',
    'What is shown there and never sent: what a phone answers by itself, and is not checked, leaves no trace.',
    ...(learned === undefined
      ? []
      : [
          'How it answers people whom the bundle does not know. In the benchmark most of them were taken for somebody, as in the light that the bundle was trained in.',
        ]),
    ...(learnedFrom !== undefined && learnedFrom.visits === undefined
      ? ['From which visits it was learned: it came in a file, or its frames are not kept any more.']
      : []),
    ...(classes.length === 0 ? ['What is seen there: the edge remembers nothing of it.'] : []),
    ...(frames === 0 ? ['How it looks: no frame of it is kept.'] : []),
  ]
}
