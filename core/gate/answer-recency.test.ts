import { describe, expect, it } from 'vitest'
import { AnswerRecency } from './answer-recency.ts'

describe('AnswerRecency', () => {
  it('tells what was answered for the last frame, just before it, long ago and never', () => {
    const recency = new AnswerRecency<string>()
    expect(['cat', 'cat', 'dog', 'cat', 'dog'].map((answer) => recency.note(answer))).toEqual([
      undefined,
      'repeated',
      'new',
      'recent',
      'recent',
    ])
    for (let frame = 0; frame < 100; frame++) recency.note('bird')
    expect(recency.note('cat')).toBe('new')
  })
})
