import { expect, it } from 'vitest'
import { quickFaultCases } from './harness/fault-cases.ts'
import { playFaults } from './harness/play-faults.ts'

// A few ways in which a network spoils what the product asks for; `npm run test:long` plays them all.

it(
  'whatever a network does, the page answers rightly or says why, stores nothing wrong, and recovers without a reload',
  { timeout: 600_000 },
  async () => {
    const { failures, played } = await playFaults(quickFaultCases, 2)
    expect(failures).toEqual([])
    expect(played).toBe(quickFaultCases.length)
  },
)
