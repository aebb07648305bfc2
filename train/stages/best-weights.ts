/** What early stopping has seen so far. Its arrays belong to the checkpoint, whence a training goes on. */
export class BestWeights {
  readonly #weights: Float32Array
  /** Loss of the best, and checks since; kept as float32, so that what is read again is what was written. */
  readonly #facts = Float32Array.of(Infinity, 0)

  constructor(size: number) {
    this.#weights = new Float32Array(size)
  }

  /** What a checkpoint holds of it. */
  get arrays(): readonly [Float32Array, Float32Array] {
    return [this.#weights, this.#facts]
  }

  /** The best weights; undefined before the first check. */
  get weights(): Float32Array | undefined {
    return Number.isFinite(this.#facts[0]) ? this.#weights : undefined
  }

  /**
   * Keeps these weights where they are better than all before. Returns whether it is time to stop: so many
   * checks have brought nothing better.
   */
  offer(weights: Float32Array, loss: number, patience: number): boolean {
    if (Math.fround(loss) < this.#facts[0]!) {
      this.#weights.set(weights)
      this.#facts.set([loss, 0])
    } else this.#facts[1]! += 1
    return this.#facts[1]! >= patience
  }
}
