import { CacheNetError } from '../wire/errors.ts'

interface Flight<Value> {
  readonly landing: Promise<Value>
  readonly controller: AbortController
  passengers: number
}

/**
 * Does the same piece of work once for all who ask for it while it goes on. It stops when all of them have
 * called it off.
 */
export class SingleFlight<Value> {
  readonly #flights = new Map<string, Flight<Value>>()
  readonly #maxFlights: number

  constructor({ maxFlights = 64 } = {}) {
    this.#maxFlights = maxFlights
  }

  /**
   * Joins the work under `key`, or starts it. Rejects with what the work throws, with `aborted` when this
   * caller's signal says so, with `worker-overloaded` when too many different pieces of work are under way.
   */
  async join(
    signal: AbortSignal,
    key: string,
    start: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value> {
    const aborted = (): CacheNetError => new CacheNetError('aborted', 'The request was called off.', { key })
    if (signal.aborted) throw aborted()
    const flight = this.#flights.get(key) ?? this.#depart(key, start)
    flight.passengers++
    let onAbort: (() => void) | undefined
    try {
      return await Promise.race([
        flight.landing,
        new Promise<never>((_resolve, reject) => {
          onAbort = () => reject(aborted())
          signal.addEventListener('abort', onAbort, { once: true })
        }),
      ])
    } finally {
      if (onAbort !== undefined) signal.removeEventListener('abort', onAbort)
      flight.passengers--
      // Whoever asks from here on must not board a flight that is being called off.
      if (flight.passengers === 0 && this.#flights.get(key) === flight) {
        this.#flights.delete(key)
        flight.controller.abort()
      }
    }
  }

  #depart(key: string, start: (signal: AbortSignal) => Promise<Value>): Flight<Value> {
    if (this.#flights.size >= this.#maxFlights) {
      throw new CacheNetError(
        'worker-overloaded',
        'Too many downloads at once; nothing was lost. Try again in a moment.',
        {
          maxFlights: this.#maxFlights,
        },
      )
    }
    const controller = new AbortController()
    const landing = Promise.resolve()
      .then(() => start(controller.signal))
      .finally(() => {
        if (this.#flights.get(key) === flight) this.#flights.delete(key)
      })
    // Where everyone has got off there is nobody left to hear how it ended.
    landing.catch(() => undefined)
    const flight: Flight<Value> = { landing, controller, passengers: 0 }
    this.#flights.set(key, flight)
    return flight
  }
}
