import { describe, expect, it } from 'vitest'
import { EnginePlaceChooser, type EnginePlace } from './engine-place.ts'

/** Where the networks run after each of these frames. */
function places(
  times: readonly number[],
  chooser = new EnginePlaceChooser(),
  from: EnginePlace = 'worker',
): EnginePlace[] {
  let place = from
  return times.map((time) => (place = chooser.note(time, place)))
}
const frames = (count: number, ms: number): number[] => new Array<number>(count).fill(ms)

describe('EnginePlaceChooser', () => {
  it('moves a small network to the page after a few frames, and not for one slow one among them', () => {
    expect(places([...frames(7, 1), 40])).toEqual([...new Array<string>(7).fill('worker'), 'page'])
  })

  it('moves a small network that a slow phone disturbs in most frames', () => {
    expect(places([66, 12, 21, 5, 8, 21, 6, 8]).at(-1)).toBe('page')
  })

  it('keeps it there while something else, such as a full model that is being started, disturbs the page', () => {
    const chooser = new EnginePlaceChooser()
    expect(places(frames(8, 2), chooser).at(-1)).toBe('page')
    expect(places([35, 21, 5, 4, 40, 60, 16, 24, 9, 31], chooser, 'page').at(-1)).toBe('page')
  })

  it('leaves a large network in its worker', () => {
    expect(places(frames(100, 13))).not.toContain('page')
  })

  it('goes back to the worker where a phone gets slow, and stays there', () => {
    const chooser = new EnginePlaceChooser()
    expect(places(frames(8, 2), chooser).at(-1)).toBe('page')
    expect(places(frames(8, 15), chooser, 'page').at(-1)).toBe('worker')
    expect(places(frames(50, 2), chooser)).not.toContain('page')
    chooser.reset()
    expect(places(frames(8, 2), chooser).at(-1)).toBe('page')
  })

  it('does not try again what could not be done', () => {
    const chooser = new EnginePlaceChooser()
    chooser.giveUp()
    chooser.reset()
    expect(places(frames(20, 1), chooser)).not.toContain('page')
  })
})
