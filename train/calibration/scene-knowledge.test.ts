import { expect, it } from 'vitest'
import { placesFor } from '../../core/streams/scenes.ts'
import { defaults } from '../config/defaults.ts'
import { sceneKnowledge } from './scene-knowledge.ts'

it('shares out places among classes, whatever they are called', () => {
  const classNames = ['constructor', '__proto__', 'toString', 'bee', 'cat', 'dog', 'hasOwnProperty']
  const { places } = sceneKnowledge({ classNames, places: placesFor(classNames) }, defaults.gate)
  expect(places.length).toBeGreaterThan(1)
  for (const { shares } of places) {
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9)
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true)
  }
  for (const index of classNames.keys()) expect(places.some(({ shares }) => shares[index]! > 0)).toBe(true)
})

it('invents no place where the data knows none', () => {
  expect(sceneKnowledge({ classNames: ['bee', 'cat', 'dog', 'eel'] }, defaults.gate).places).toEqual([])
})
