import { describe, expect, it } from 'vitest'
import type { ShownAnswer } from '../../state/stream-view.ts'
import { badgeText, isGuess, labelText } from './answer-badge.ts'

const answer: ShownAnswer = {
  label: 'bee',
  certainty: 0.99,
  runnersUp: [],
  sureness: 'certain',
  entropyNats: 0.1,
  thresholdNats: 0.3,
  outcome: 'hit',
  answeredBy: 'device',
  network: 'generalist',
  latencyMs: 1,
  edgeEntropyNats: null,
  trueLabel: null,
  isPending: false,
  agreement: null,
}

describe('the words for an answer', () => {
  it('say how sure it is, and not only whose', () => {
    expect(badgeText(answer, false)).toBe('On this device')
    expect(badgeText({ ...answer, sureness: 'likely' }, false)).toBe('On this device, likely')
    expect(badgeText({ ...answer, sureness: 'unsure' }, false)).toBe('On this device, a guess')
    const miss = { ...answer, outcome: 'miss', answeredBy: 'edge' } as const
    expect(badgeText(miss, false)).toBe('Edge')
    expect(badgeText({ ...miss, sureness: 'unsure' }, false)).toBe('Edge, uncertain too')
    expect(badgeText({ ...miss, answeredBy: 'device' }, false)).toBe('Full model, here')
    expect(badgeText({ ...miss, isPending: true }, false)).toBe('Asking the full model')
    expect(badgeText({ ...answer, outcome: 'uncertain', sureness: 'unsure' }, true)).toBe(
      'Uncertain, offline',
    )
  })

  it('name no class where nothing fits, once nobody is asked any more', () => {
    expect(labelText(answer)).toBe('bee')
    expect(labelText({ ...answer, sureness: 'none' })).toBe('None of these')
    expect(labelText({ ...answer, sureness: 'none', isPending: true })).toBe('bee')
    expect(isGuess({ ...answer, outcome: 'miss', sureness: 'none' })).toBe(true)
    expect(isGuess({ ...answer, sureness: 'likely' })).toBe(false)
  })
})
