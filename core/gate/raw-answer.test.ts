import { expect, it } from 'vitest'
import { rawAnswer } from './raw-answer.ts'
import { applyFactors } from './scene-prior.ts'

it('undoes what the scene has done', () => {
  const raw = Float32Array.from([0.5, 0.3, 0.2])
  const factors = Float32Array.from([0.1, 2.4, 0.5])
  expect(Array.from(rawAnswer(applyFactors(raw, factors), factors))).toEqual(
    [0.5, 0.3, 0.2].map((value) => expect.closeTo(value, 6) as number),
  )
  expect(rawAnswer(raw, undefined)).toBe(raw)
})
