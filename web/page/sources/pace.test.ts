import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createPace, type Rate } from './pace.ts'

const { signal } = new AbortController()

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Pulls frames whose answers take `answerMs` each; gives their numbers and the times at which they came. */
async function pull(
  isLossless: boolean,
  answersMs: readonly number[],
  rate: Rate = 10,
): Promise<{ number: number; atMs: number }[]> {
  const pace = createPace({ rate: () => rate, isLossless, nowMs: () => Date.now() })
  const startMs = Date.now()
  const pulled: { number: number; atMs: number }[] = []
  const run = (async () => {
    for (const answerMs of answersMs) {
      pulled.push({ number: await pace.next(signal), atMs: Date.now() - startMs })
      await new Promise((resolve) => setTimeout(resolve, answerMs))
    }
  })()
  await vi.advanceTimersByTimeAsync(60_000)
  await run
  return pulled
}

describe('createPace', () => {
  it('keeps the rate where answers are quick', async () => {
    const frames = await pull(false, [5, 20, 1, 99, 10])
    expect(frames.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4])
    expect(frames.map(({ atMs }) => atMs)).toEqual([0, 100, 200, 300, 400])
  })

  it('leaves out of a live stream what passed while an answer was awaited', async () => {
    const frames = await pull(false, [10, 350, 10, 10])
    expect(frames.map(({ number }) => number)).toEqual([0, 1, 4, 5])
    expect(frames.at(-1)?.atMs).toBe(500)
  })

  it('leaves nothing out of a lossless one', async () => {
    const frames = await pull(true, [10, 350, 10, 10])
    expect(frames.map(({ number }) => number)).toEqual([0, 1, 2, 3])
  })

  it('waits for nothing at the largest rate', async () => {
    const frames = await pull(false, [7, 30, 2], 'max')
    expect(frames).toEqual([
      { number: 0, atMs: 0 },
      { number: 1, atMs: 7 },
      { number: 2, atMs: 37 },
    ])
  })

  it('stops waiting when it is called off', async () => {
    const controller = new AbortController()
    const pace = createPace({ rate: () => 1, isLossless: true, nowMs: () => Date.now() })
    await pace.next(controller.signal)
    const next = pace.next(controller.signal)
    controller.abort()
    await expect(next).rejects.toMatchObject({ code: 'aborted' })
  })
})
