import { expect, it } from 'vitest'
import { outlookWords } from './outlook-words.ts'

const names = ['Alex', 'Blake', 'Casey', 'Devon']

it('says what the stream is taken for, and whom it expects, the likeliest first', () => {
  expect(
    outlookWords(
      { scene: { kind: 'single', classes: [2], chance: 0.9 }, shares: [0.02, 0.04, 0.92, 0.02] },
      names,
    ),
  ).toEqual({
    scene: 'Casey alone',
    chance: 0.9,
    expected: [{ name: 'Casey', share: 0.92 }],
  })
  expect(
    outlookWords(
      { scene: { kind: 'pairs', classes: [0, 3], chance: 0.5 }, shares: [0.3, 0.2, 0.1, 0.4] },
      names,
    ),
  ).toMatchObject({ scene: 'Alex and Devon', expected: [{ name: 'Devon' }, { name: 'Alex' }] })
})

it('has nothing to say of a stream of anything', () => {
  expect(outlookWords({ scene: undefined, shares: [0.25, 0.25, 0.25, 0.25] }, names)).toEqual({
    scene: null,
    chance: 0,
    expected: [],
  })
})
