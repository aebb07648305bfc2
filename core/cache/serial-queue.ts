import { CacheNetError } from '../wire/errors.ts'
import { withTimeLimit } from '../with-time-limit.ts'

const nothing = (): void => undefined

/**
 * Runs tasks one after the other, in the order in which they came. A task that fails or hangs does not stop
 * the ones after it.
 */
export class SerialQueue {
  readonly #maxWaiting: number
  readonly #taskLimitMs: number
  #tail: Promise<void> = Promise.resolve()
  #waiting = 0

  constructor({ maxWaiting = 256, taskLimitMs = 20_000 } = {}) {
    this.#maxWaiting = maxWaiting
    this.#taskLimitMs = taskLimitMs
  }

  /**
   * Rejects with what the task throws; with `worker-overloaded` when too many tasks wait, and with
   * `cache-unavailable` when the task takes longer than the limit: the tasks after it then no longer wait for
   * it.
   */
  async run<Value>(task: () => Promise<Value>): Promise<Value> {
    if (this.#waiting >= this.#maxWaiting) {
      throw new CacheNetError(
        'worker-overloaded',
        'The cache has too much to do; nothing was lost. Try again in a moment.',
        {
          maxWaiting: this.#maxWaiting,
        },
      )
    }
    this.#waiting++
    const done = this.#tail.then(() =>
      withTimeLimit(
        task(),
        this.#taskLimitMs,
        () =>
          new CacheNetError(
            'cache-unavailable',
            'The storage of this browser does not answer. Reload the page.',
            { limitMs: this.#taskLimitMs },
          ),
      ),
    )
    this.#tail = done.then(nothing, nothing)
    try {
      return await done
    } finally {
      this.#waiting--
    }
  }

  /** Resolves when nothing waits any more, whatever came in meanwhile included. Never rejects. */
  async settled(): Promise<void> {
    let seen: Promise<void>
    do {
      seen = this.#tail
      await seen
    } while (seen !== this.#tail)
  }
}
