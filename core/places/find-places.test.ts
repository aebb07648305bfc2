import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../random.ts'
import {
  explained,
  forgetPlace,
  noPlaces,
  placeLimits,
  seenAnew,
  seePlace,
  type PlacesState,
} from './find-places.ts'

const classes = 12

/** A frame that shows one of a place's classes, as a full model that is nearly sure of it says. */
function frameOf(place: readonly number[], at: number): { code: number[]; classes: number[] } {
  const shown = place[at % place.length] ?? 0
  const said = Array.from({ length: classes }, (_, index) => (index === shown ? 0.967 : 0.003))
  return { code: [0, 1, 2, 3].map((part) => (Math.floor(shown / 3) === part ? 0.97 : 0.01)), classes: said }
}

/** Plays visits one after the other; says whose place each one's last frame was. */
function play(
  visits: readonly { place: readonly number[]; frames: number; stream: string; atMs: number }[],
  before: PlacesState = noPlaces,
): { state: PlacesState; ends: string[] } {
  let state = before
  const ends = visits.map(({ place, frames, stream, atMs }) => {
    let last = ''
    for (let at = 0; at < frames; at++) {
      const found = seePlace(state, { stream, atMs: atMs + at * 100, ...frameOf(place, at) })
      ;({ state } = found)
      last = found.place
    }
    return last
  })
  return { state, ends }
}

const gate = [0, 1, 2, 3]
const yard = [6, 7, 8]

describe('seePlace', () => {
  it('knows a place again on another day, and tells another from it', () => {
    const { ends, state } = play([
      { place: gate, frames: 200, stream: 'a', atMs: 0 },
      { place: yard, frames: 200, stream: 'b', atMs: 1e9 },
      { place: gate, frames: 200, stream: 'c', atMs: 2e9 },
    ])
    expect(ends[2]).toBe(ends[0])
    expect(ends[1]).not.toBe(ends[0])
    expect(state.places.map(({ frames }) => frames).sort()).toEqual([200, 400])
  })

  it('says of a visit to a known place that its own was merged, once', () => {
    const { state } = play([{ place: gate, frames: 200, stream: 'a', atMs: 0 }])
    let now = state
    const merged: (string | undefined)[] = []
    for (let at = 0; at < 200; at++) {
      const found = seePlace(now, { stream: 'b', atMs: 1e9 + at, ...frameOf(gate, at) })
      now = found.state
      if (found.merged !== undefined) merged.push(found.merged, found.place)
    }
    expect(merged).toEqual(['place-2', 'place-1'])
  })

  it('begins another place where one stream goes on somewhere else', () => {
    const { ends } = play([
      { place: gate, frames: 300, stream: 'a', atMs: 0 },
      { place: yard, frames: 700, stream: 'a', atMs: 30_000 },
    ])
    expect(ends[1]).not.toBe(ends[0])
  })

  it('begins another visit after a pause', () => {
    const { state } = play([
      { place: gate, frames: 6, stream: 'a', atMs: 0 },
      { place: gate, frames: 6, stream: 'a', atMs: 3000 + placeLimits.pauseMs * 2 },
    ])
    expect(state.places).toHaveLength(2)
  })

  it('counts every frame once, bounds what it remembers, and changes nothing that it was given', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            stream: fc.constantFrom('a', 'b', 'c'),
            stepMs: fc.integer({ min: 0, max: 400_000 }),
            seed: fc.integer(),
          }),
          { maxLength: 300 },
        ),
        (frames) => {
          let state = noPlaces
          let atMs = 0
          for (const { stream, stepMs, seed } of frames) {
            const random = createRandom(seed)
            atMs += stepMs
            const said = Array.from({ length: classes }, () => random.next() + 1e-6)
            const sum = said.reduce((total, value) => total + value, 0)
            const before = structuredClone(state)
            const found = seePlace(state, {
              stream,
              atMs,
              code: [1],
              classes: said.map((value) => value / sum),
            })
            expect(state).toEqual(before)
            ;({ state } = found)
            expect(state.places.some(({ id }) => id === found.place)).toBe(true)
          }
          expect(state.visits.length).toBeLessThanOrEqual(placeLimits.mostVisits)
          expect(state.places.length).toBeLessThanOrEqual(placeLimits.mostPlaces)
          expect(new Set(state.places.map(({ id }) => id)).size).toBe(state.places.length)
          const counted = state.places.reduce((total, place) => total + place.frames, 0)
          if (state.nextPlace <= placeLimits.mostPlaces) expect(counted).toBe(frames.length)
          for (const { sight } of state.places)
            expect(sight.classes.reduce((total, value) => total + value, 0)).toBeCloseTo(1, 6)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('forgets a place, whose stream begins a new one', () => {
    const { state } = play([{ place: gate, frames: 200, stream: 'a', atMs: 0 }])
    const after = seePlace(forgetPlace(state, 'place-1'), {
      stream: 'a',
      atMs: 20_100,
      ...frameOf(gate, 0),
    })
    expect(after.state.places.map(({ id }) => id)).toEqual(['place-2'])
  })
})

describe('seenAnew', () => {
  /** What the full model took the place for, before it was looked at in its light. */
  const haze = [9, 10, 11]
  const sight = { code: [0.9, 0.1, 0, 0], classes: Array.from({ length: classes }, (_, at) => +(at < 4) / 4) }

  it('goes on at the place that a stream is at, however unlike what it shows from now on is', () => {
    const before = play([{ place: haze, frames: 300, stream: 'a', atMs: 0 }])
    const state = seenAnew(before.state, 'place-1', sight)
    expect(play([{ place: gate, frames: 300, stream: 'a', atMs: 30_000 }], state).ends).toEqual(['place-1'])
    // Otherwise it has gone on somewhere else.
    expect(play([{ place: gate, frames: 300, stream: 'a', atMs: 30_000 }], before.state).ends).toEqual([
      'place-2',
    ])
  })

  it('knows the place again by it, and counts its frames as they were', () => {
    const { state } = play([{ place: haze, frames: 100, stream: 'a', atMs: 0 }])
    const now = play([{ place: gate, frames: 40, stream: 'b', atMs: 1e9 }], seenAnew(state, 'place-1', sight))
    expect(now.ends).toEqual(['place-1'])
    expect(now.state.places.map(({ frames }) => frames)).toEqual([140])
  })
})

describe('explained', () => {
  const sight = fc
    .array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 })
    .map((values) => values.map((value) => value / values.reduce((sum, other) => sum + other, 0)))
    .map((values) => ({ code: values, classes: values }))

  it('is from 0 to 1, grows with what a place shows, and is all of a place that shows everything', () => {
    fc.assert(
      fc.property(sight, sight, (place, seen) => {
        const share = explained(place, seen)
        expect(share).toBeGreaterThanOrEqual(0)
        expect(share).toBeLessThanOrEqual(1)
        const everything = { code: place.code.map(() => 0.25), classes: place.classes.map(() => 0.25) }
        expect(explained(everything, seen)).toBeCloseTo(1, 9)
        expect(explained(everything, seen)).toBeGreaterThanOrEqual(share - 1e-12)
      }),
    )
  })
})
