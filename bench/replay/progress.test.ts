import { describe, expect, it } from 'vitest'
import { createProgress } from './progress.ts'

describe('createProgress', () => {
  const run = (
    isTerminal: boolean,
  ): { texts: string[]; at: (seconds: number, done: number | undefined) => void; end: () => void } => {
    let now = 0
    const texts: string[] = []
    const progress = createProgress({
      total: 1000,
      isTerminal,
      write: (text) => void texts.push(text),
      nowMs: () => now,
    })
    return {
      texts,
      at(seconds, done) {
        now = seconds * 1000
        progress.report(done, '; extra')
      },
      end: () => progress.end(),
    }
  }

  it('says how far it is, and how long it will take', () => {
    const { texts, at, end } = run(true)
    at(30, 250)
    expect(texts).toEqual(['\r\u001b[K250 of 1000 frames (25 %), 30 s, 1 min 30 s left; extra'])
    end()
    end()
    expect(texts.slice(1)).toEqual(['\n'])
  })

  it('writes lines of their own, and few of them, where there is no terminal', () => {
    const { texts, at, end } = run(false)
    for (let second = 1; second <= 35; second++) at(second, second * 10)
    end()
    expect(texts).toHaveLength(4)
    expect(texts.every((text) => text.endsWith('\n') && !text.includes('\r'))).toBe(true)
  })

  it('does not pretend to know', () => {
    const { texts, at } = run(true)
    at(1, undefined)
    at(2, 0)
    expect(texts.join()).not.toContain('left')
  })
})
