import { describe, expect, it } from 'vitest'
import { createWalker } from './body.ts'
import { createSession, type Split } from './session.ts'
import { sessionsPerSplit, walkerCount, walkerSequence } from './sequence.ts'

const splits: readonly Split[] = ['train', 'validation', 'test']
const all = splits.flatMap((split) =>
  Array.from({ length: walkerCount }, (_, identity) =>
    Array.from({ length: sessionsPerSplit[split] }, (_, session) =>
      createSession({ identity, split, session }),
    ),
  ).flat(),
)

describe('createSession', () => {
  it('is always the same for the same person, split and number, and never the same for another', () => {
    for (const { identity, split, session } of all.slice(0, 50)) {
      expect(createSession({ identity, split, session })).toEqual(createSession({ identity, split, session }))
    }
    for (const part of ['clothes', 'light', 'background', 'camera'] as const) {
      expect(new Set(all.map((session) => JSON.stringify(session[part]))).size).toBe(all.length)
    }
  })

  it('changes nothing about who somebody is', () => {
    const before = createWalker(7)
    createSession({ identity: 7, split: 'test', session: 3 })
    expect(createWalker(7)).toEqual(before)
  })

  it('does not dress a person in their own way: mean colours of clothes are those of everybody', () => {
    const redOf = (identity: number): number => {
      const reds = Array.from(
        { length: 200 },
        (_, session) => createSession({ identity, split: 'train', session }).clothes.top[0],
      )
      return reds.reduce((sum, red) => sum + red, 0) / reds.length
    }
    const reds = Array.from({ length: 12 }, (_, identity) => redOf(identity))
    expect(Math.max(...reds) - Math.min(...reds)).toBeLessThan(25)
  })

  it('keeps every colour in 0..255', () => {
    for (const { clothes, background } of all) {
      for (const color of [
        clothes.top,
        clothes.trim,
        clothes.trousers,
        clothes.shoes,
        background.skyTop,
        background.path,
      ]) {
        for (const channel of color) expect(channel).toBeGreaterThanOrEqual(0)
        for (const channel of color) expect(channel).toBeLessThanOrEqual(255)
      }
    }
  })
})

describe('walkerSequence', () => {
  it('lists the frames of a recording in order', () => {
    const of = { identity: 2, split: 'test', session: 1 } as const
    expect(walkerSequence({ ...of, frames: 3, framesPerSecond: 4 })).toEqual([
      { ...of, time: 0 },
      { ...of, time: 0.25 },
      { ...of, time: 0.5 },
    ])
  })
})
