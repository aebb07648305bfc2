import { expect, it } from 'vitest'
import { countVisits } from './count-visits.ts'
import { placeLimits } from './find-places.ts'

it('counts times without a long pause', () => {
  const { pauseMs } = placeLimits
  expect(countVisits([])).toBe(0)
  expect(countVisits([5])).toBe(1)
  expect(countVisits([0, 10, 10 + pauseMs])).toBe(1)
  expect(countVisits([0, 10, 11 + pauseMs, 12 + pauseMs, 13 + 2 * pauseMs])).toBe(3)
})
