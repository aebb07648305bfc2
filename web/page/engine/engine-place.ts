import { quantile } from '../stream-log/quantile.ts'

/** Where the networks run: on a thread of their own, or on the page's. */
export type EnginePlace = 'worker' | 'page'

/** So many frames are looked at before anything is moved. */
const seenFrames = 8
/**
 * The page's thread is wanted for 16 ms of every picture that a display shows. What keeps it for half of
 * that is not noticed; a step that keeps it for nearly all of it leaves nothing to whoever waits.
 */
const [shortMs, longMs] = [8, 14]

/**
 * Decides by how long the networks take with a frame, its pixels included: a photo is read back and averaged
 * down on the same thread. A small network answers before a worker would have been woken; a large one, or a
 * phone that is busy with something else, would make the page stutter. What was once too long stays in the
 * worker until another bundle is opened.
 *
 * A time holds what the full model, the compiler and whatever else a slow phone does take of it meanwhile. So
 * the lower quartile is what counts: what the networks take where little disturbs them.
 */
export class EnginePlaceChooser {
  #times: number[] = []
  #mayMove = true
  #isGivenUp = false

  /** A bundle is opened: its networks are other ones. */
  reset(): void {
    this.#times = []
    this.#mayMove = true
  }

  /** The page's thread could not do it: not tried again. */
  giveUp(): void {
    this.#isGivenUp = true
  }

  /** @returns where the next frames had better be answered */
  note(frameMs: number, place: EnginePlace): EnginePlace {
    this.#times = [...this.#times.slice(1 - seenFrames), frameMs]
    if (this.#isGivenUp || !this.#mayMove) return 'worker'
    if (this.#times.length < seenFrames) return place
    const undisturbedMs = quantile(this.#times, 0.25) ?? 0
    if (place === 'worker') {
      if (undisturbedMs > shortMs) return 'worker'
      this.#times = []
      return 'page'
    }
    if (undisturbedMs <= longMs) return 'page'
    this.#mayMove = false
    return 'worker'
  }
}
