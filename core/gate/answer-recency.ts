/**
 * Where an answer was given before: for the last frame, for one of the frames just before it, or for none of
 * them.
 */
export type Recency = 'repeated' | 'recent' | 'new'

/** How far back an answer counts as recent: a scene shows most of its classes within so many frames. */
const recentFrames = 30

/** Notes the answers of a stream, in order, and how recent each of them is. */
export class AnswerRecency<Answer> {
  readonly #lastFrames = new Map<Answer, number>()
  #frame = 0

  /** Undefined for the first frame, before which there was nothing. */
  note(answer: Answer): Recency | undefined {
    const isFirst = this.#frame === 0
    const age = this.#frame - (this.#lastFrames.get(answer) ?? -Infinity)
    this.#lastFrames.set(answer, this.#frame++)
    if (isFirst) return undefined
    if (age === 1) return 'repeated'
    return age <= recentFrames ? 'recent' : 'new'
  }
}
