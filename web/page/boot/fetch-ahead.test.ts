import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fetchAhead, takeAhead } from './fetch-ahead.ts'

describe('fetchAhead', () => {
  it('hands over what was asked for, once', async () => {
    fetchAhead('data:text/plain,early')
    expect(await (await takeAhead('data:text/plain,early'))?.text()).toBe('early')
    expect(takeAhead('data:text/plain,early')).toBeUndefined()
    expect(takeAhead('data:text/plain,other')).toBeUndefined()
  })

  it('fails where it is taken, as fetch does, and not before', async () => {
    fetchAhead('nowhere:at-all')
    await expect(takeAhead('nowhere:at-all')).rejects.toThrow(TypeError)
  })
})

describe('a request that nobody answers', () => {
  const silent: typeof fetch = (_input, init) =>
    new Promise((_resolve, reject) =>
      init?.signal?.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError'))),
    )

  beforeEach(() => {
    vi.useFakeTimers()
    vi.stubGlobal('fetch', silent)
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('is given up with whoever took it', async () => {
    fetchAhead('/list')
    const controller = new AbortController()
    const taken = takeAhead('/list', controller.signal)
    controller.abort()
    await expect(taken).rejects.toThrow('stopped')
  })

  it('is given up after a while where nobody takes it', async () => {
    const seen: (AbortSignal | null | undefined)[] = []
    vi.stubGlobal('fetch', (input: string, init: RequestInit) => {
      seen.push(init.signal)
      return silent(input, init)
    })
    fetchAhead('/list')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(seen.map((signal) => signal?.aborted)).toEqual([true])
    expect(takeAhead('/list')).toBeUndefined()
  })
})
