import { describe, expect, it } from 'vitest'
import { CacheNetError } from '../wire/errors.ts'
import { SerialQueue } from './serial-queue.ts'
import { SingleFlight } from './single-flight.ts'

const never = new AbortController().signal
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: unknown) => (error instanceof CacheNetError ? error.code : String(error)),
  )

/** Work that ends when it is told to, and notes what became of it. */
function createWork() {
  let finish: (value: string) => void = () => undefined
  let starts = 0
  let stops = 0
  const start = (signal: AbortSignal): Promise<string> => {
    starts++
    return new Promise((resolve, reject) => {
      finish = resolve
      signal.addEventListener('abort', () => {
        stops++
        reject(new Error('stopped'))
      })
    })
  }
  return { start, finish: (value: string) => finish(value), counts: () => ({ starts, stops }) }
}

describe('a single flight', () => {
  it('takes along all who ask meanwhile, and only them', async () => {
    const flights = new SingleFlight<string>()
    const work = createWork()
    const asked = [1, 2, 3].map(() => flights.join(never, 'k', work.start))
    await Promise.resolve()
    work.finish('here')
    expect(await Promise.all(asked)).toEqual(['here', 'here', 'here'])
    expect(work.counts()).toEqual({ starts: 1, stops: 0 })
    const later = flights.join(never, 'k', work.start)
    await Promise.resolve()
    work.finish('again')
    expect(await later).toBe('again')
    expect(work.counts()).toEqual({ starts: 2, stops: 0 })
  })

  it('goes on for the others when one gets off', async () => {
    const flights = new SingleFlight<string>()
    const work = createWork()
    const controller = new AbortController()
    const off = flights.join(controller.signal, 'k', work.start)
    const on = flights.join(never, 'k', work.start)
    await Promise.resolve()
    controller.abort()
    expect(await codeOf(off)).toBe('aborted')
    work.finish('here')
    expect(await on).toBe('here')
    expect(work.counts()).toEqual({ starts: 1, stops: 0 })
  })

  it('stops the work when the last one gets off, and starts anew for the next', async () => {
    const flights = new SingleFlight<string>()
    const work = createWork()
    const controller = new AbortController()
    const off = flights.join(controller.signal, 'k', work.start)
    await Promise.resolve()
    controller.abort()
    expect(await codeOf(off)).toBe('aborted')
    expect(work.counts()).toEqual({ starts: 1, stops: 1 })
    const next = flights.join(never, 'k', work.start)
    await Promise.resolve()
    work.finish('here')
    expect(await next).toBe('here')
  })

  it('fails for everyone when the work fails, and is tried again after that', async () => {
    const flights = new SingleFlight<string>()
    let tries = 0
    const fail = (): Promise<string> => {
      tries++
      return Promise.reject(new CacheNetError('blob-altered', 'No.'))
    }
    expect(
      await Promise.all([codeOf(flights.join(never, 'k', fail)), codeOf(flights.join(never, 'k', fail))]),
    ).toEqual(['blob-altered', 'blob-altered'])
    expect(await codeOf(flights.join(never, 'k', fail))).toBe('blob-altered')
    expect(tries).toBe(2)
  })

  it('refuses more different work than it may do at once', async () => {
    const flights = new SingleFlight<string>({ maxFlights: 1 })
    const work = createWork()
    const first = flights.join(never, 'k', work.start)
    expect(await codeOf(flights.join(never, 'other', work.start))).toBe('worker-overloaded')
    work.finish('here')
    expect(await first).toBe('here')
  })
})

describe('a serial queue', () => {
  it('runs one task after the other, past those that fail', async () => {
    const queue = new SerialQueue()
    const order: string[] = []
    const slow = queue.run(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      order.push('slow')
    })
    const failing = codeOf(queue.run(() => Promise.reject(new CacheNetError('internal', 'No.'))))
    const quick = queue.run(() => Promise.resolve(void order.push('quick')))
    expect(await failing).toBe('internal')
    await Promise.all([slow, quick])
    expect(order).toEqual(['slow', 'quick'])
  })

  it('does not wait for ever for a task that hangs', async () => {
    const queue = new SerialQueue({ taskLimitMs: 10 })
    const hanging = codeOf(queue.run(() => new Promise(() => undefined)))
    expect(await queue.run(() => Promise.resolve('next'))).toBe('next')
    expect(await hanging).toBe('cache-unavailable')
  })

  it('refuses what it has no room for', async () => {
    const queue = new SerialQueue({ maxWaiting: 1 })
    const first = queue.run(() => Promise.resolve('first'))
    expect(await codeOf(queue.run(() => Promise.resolve('second')))).toBe('worker-overloaded')
    expect(await first).toBe('first')
    expect(await queue.run(() => Promise.resolve('third'))).toBe('third')
  })

  it('is settled only when what came in meanwhile is done too', async () => {
    const queue = new SerialQueue()
    let isDone = false
    await queue.run(() => {
      void queue.run(() => Promise.resolve(void (isDone = true)))
      return Promise.resolve()
    })
    await queue.settled()
    expect(isDone).toBe(true)
  })
})
