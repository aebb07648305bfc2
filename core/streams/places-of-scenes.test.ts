import { expect, it } from 'vitest'
import { placesOfScenes } from './places-of-scenes.ts'

const classNames = ['cup', 'plate', 'tree']

it('gives places by the names of classes, as often as they are met', () => {
  const scenes = {
    places: [
      { name: 'kitchen', weight: 4, shares: [0.75, 0.25, 0] },
      { name: 'garden', weight: 1, shares: [0, 0, 1] },
    ],
  }
  expect(placesOfScenes(scenes, classNames)).toEqual([
    { name: 'kitchen', weights: { cup: 3, plate: 1 } },
    { name: 'garden', weights: { tree: 1 } },
  ])
})

it('invents none', () => {
  expect(placesOfScenes(undefined, classNames)).toBeUndefined()
  expect(placesOfScenes({ places: [] }, classNames)).toBeUndefined()
})
