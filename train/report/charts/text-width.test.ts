import { describe, expect, it } from 'vitest'
import { shortenTo, textWidth } from './text-width.ts'

describe('textWidth', () => {
  it('knows wide letters from narrow ones', () => {
    const [narrow, plain, wide, han] = ['iiii', 'abcd', 'WWWW', '犬猫鳥魚'].map((text) =>
      textWidth(text),
    ) as [number, number, number, number]
    expect(narrow < plain && plain < wide && wide <= han).toBe(true)
    // An accent of its own takes no room, an emoji of several parts that of one.
    expect(textWidth('e\u0301')).toBe(textWidth('e'))
    expect(textWidth('👩‍🔬')).toBe(textWidth('犬'))
  })
})

describe('shortenTo', () => {
  it('leaves what fits, and shortens what does not to what does', () => {
    expect(shortenTo('cat', 100)).toBe('cat')
    for (const text of ['W'.repeat(40), '犬'.repeat(40), 'golden retriever of the north']) {
      const short = shortenTo(text, 80)
      expect(short.endsWith('…')).toBe(true)
      expect(textWidth(short)).toBeLessThanOrEqual(80)
      expect(textWidth(short)).toBeGreaterThan(50)
    }
  })
})
