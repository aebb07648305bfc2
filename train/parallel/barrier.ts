const arrived = 0
const generation = 1

/** Where several threads wait for one another, on two shared 32-bit words. */
export class Barrier {
  static readonly words = 2
  readonly #words: Int32Array
  readonly #parties: number
  readonly #limitMs: number

  constructor(words: Int32Array, parties: number, limitMs = 600_000) {
    this.#words = words
    this.#parties = parties
    this.#limitMs = limitMs
  }

  /**
   * Returns when all parties have called it. What a party wrote to shared memory before is visible to all
   * after.
   */
  wait(): void {
    const current = Atomics.load(this.#words, generation)
    if (Atomics.add(this.#words, arrived, 1) === this.#parties - 1) {
      Atomics.store(this.#words, arrived, 0)
      Atomics.add(this.#words, generation, 1)
      Atomics.notify(this.#words, generation)
      return
    }
    while (Atomics.load(this.#words, generation) === current) {
      if (Atomics.wait(this.#words, generation, current, this.#limitMs) === 'timed-out') {
        throw new Error(`Another training thread has not arrived within ${this.#limitMs / 1000} seconds.`)
      }
    }
  }
}
