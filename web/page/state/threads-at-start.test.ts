import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { threadsAtStart } from './threads-at-start.ts'

const at = (query: string, stored: string | null): number =>
  threadsAtStart({ getItem: () => stored }, new URLSearchParams(query))

beforeEach(() => {
  vi.stubGlobal('crossOriginIsolated', true)
  vi.stubGlobal('navigator', { hardwareConcurrency: 3 })
})
afterEach(() => void vi.unstubAllGlobals())

describe('threadsAtStart', () => {
  it('is what the address says, or else the settings, and no more than there are cores', () => {
    expect(at('', '{"threads":2}')).toBe(2)
    expect(at('threads=3', '{"threads":2}')).toBe(3)
    expect(at('threads=1', '{"threads":2}')).toBe(1)
    expect(at('threads=4', null)).toBe(3)
  })

  it('is one where nothing sensible is said', () => {
    for (const stored of [
      null,
      '',
      '{',
      '[]',
      'null',
      '{}',
      '{"threads":"x"}',
      '{"threads":0}',
      '{"threads":1.5}',
    ])
      expect(at('', stored)).toBe(1)
    expect(
      threadsAtStart(
        {
          getItem: () => {
            throw new Error('forbidden')
          },
        },
        new URLSearchParams(),
      ),
    ).toBe(1)
  })

  it('is one where the page is not isolated', () => {
    vi.stubGlobal('crossOriginIsolated', false)
    expect(at('threads=2', '{"threads":2}')).toBe(1)
  })
})
