import { expect, it } from 'vitest'
import { createSampler } from './sampler.ts'

it('passes over what comes too often, and says how many there were', () => {
  let now = 0
  const sampler = createSampler(2, 1_000, () => now)
  expect(['a', 'a', 'a', 'a', 'b'].map((kind) => sampler.sample(kind))).toEqual([
    0,
    0,
    undefined,
    undefined,
    0,
  ])
  now = 1_000
  expect([sampler.sample('a'), sampler.sample('a'), sampler.sample('a')]).toEqual([2, 0, undefined])
})
