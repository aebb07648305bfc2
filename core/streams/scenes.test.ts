import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cifar10Places, sceneStream, type SceneKind, type StreamFrame } from './scenes.ts'

const classNames = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']
const kinds: readonly SceneKind[] = ['single', 'places', 'strange', 'pairs', 'iid']

const options = fc.record({
  kind: fc.constantFrom(...kinds),
  meanLength: fc.integer({ min: 1, max: 30 }),
  frames: fc.nat(400),
  seed: fc.integer(),
  classNames: fc.integer({ min: 2, max: classNames.length }).map((n) => classNames.slice(0, n)),
})

const classesOfScenes = (stream: readonly StreamFrame[]): Map<number, Set<number>> => {
  const scenes = new Map<number, Set<number>>()
  for (const { sceneIndex, classIndex } of stream) {
    scenes.set(sceneIndex, (scenes.get(sceneIndex) ?? new Set()).add(classIndex))
  }
  return scenes
}

describe('sceneStream', () => {
  it('is as long as asked, the same for the same seed, and counts its scenes without a gap', () => {
    fc.assert(
      fc.property(options, (asked) => {
        const stream = sceneStream(asked)
        expect(stream).toHaveLength(asked.frames)
        expect(sceneStream(asked)).toEqual(stream)
        stream.forEach(({ sceneIndex, sceneName, classIndex }, i) => {
          const before = stream[i - 1]
          expect(sceneIndex - (before?.sceneIndex ?? 0)).toBeOneOf([0, 1])
          if (before?.sceneIndex === sceneIndex) expect(sceneName).toBe(before.sceneName)
          expect(asked.classNames[classIndex]).toBeDefined()
        })
      }),
    )
  })

  it('holds one class a scene, two, or those of the place', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const asked = { classNames, meanLength: 40, frames: 400, seed }
        for (const classes of classesOfScenes(sceneStream({ ...asked, kind: 'single' })).values())
          expect(classes.size).toBe(1)
        for (const classes of classesOfScenes(sceneStream({ ...asked, kind: 'pairs' })).values()) {
          expect(classes.size).toBeLessThanOrEqual(2)
        }
        for (const { sceneName, classIndex } of sceneStream({ ...asked, kind: 'places' })) {
          const place = cifar10Places.find(({ name }) => name === sceneName)
          expect(Object.keys(place?.weights ?? {})).toContain(classNames[classIndex])
        }
      }),
    )
  })

  it.each(kinds)('%s: scenes have the mean length asked for, and all classes come equally often', (kind) => {
    const frames = 100_000
    const stream = sceneStream({ kind, classNames, meanLength: 5, frames, seed: 'frequencies' })
    const meanLength = frames / (1 + (stream.at(-1)?.sceneIndex ?? 0))
    expect(Math.abs(meanLength / (kind === 'iid' ? 1 : 5) - 1)).toBeLessThan(0.03)
    for (const c of classNames.keys()) {
      const share = stream.filter(({ classIndex }) => classIndex === c).length / frames
      expect(Math.abs(share - 0.1)).toBeLessThan(0.01)
    }
  })

  it('keeps to the weights of a place', () => {
    const places = [{ name: 'pier', weights: { ship: 3, bird: 1 } }]
    const stream = sceneStream({
      kind: 'places',
      classNames,
      places,
      meanLength: 10,
      frames: 20_000,
      seed: 1,
    })
    const ships = stream.filter(({ classIndex }) => classNames[classIndex] === 'ship').length
    expect(Math.abs(ships / 20_000 - 0.75)).toBeLessThan(0.02)
    expect(new Set(stream.map(({ classIndex }) => classNames[classIndex]))).toEqual(new Set(['ship', 'bird']))
  })

  it('refuses what cannot be drawn', () => {
    const asked = { classNames, meanLength: 10, frames: 10, seed: 1 }
    expect(() => sceneStream({ ...asked, kind: 'pairs', classNames: ['cat'] })).toThrow(RangeError)
    expect(() => sceneStream({ ...asked, kind: 'single', meanLength: 0 })).toThrow(RangeError)
    expect(() => sceneStream({ ...asked, kind: 'single', classNames: [] })).toThrow(RangeError)
    expect(() =>
      sceneStream({ ...asked, kind: 'places', places: [{ name: 'moon', weights: { crater: 1 } }] }),
    ).toThrow(RangeError)
    expect(() =>
      sceneStream({ ...asked, kind: 'places', places: [{ name: 'void', weights: { cat: 0 } }] }),
    ).toThrow(RangeError)
  })
})
