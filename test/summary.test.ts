import { expect, it } from 'vitest'
import { summaryTable, tookLine, totalLine, type StepResult } from './summary.ts'

const steps: StepResult[] = [
  { name: 'typecheck', seconds: 1.234, counts: { passed: 1, failed: 0, skipped: 0 } },
  { name: 'node tests', seconds: 12, counts: { passed: 40, failed: 2, skipped: 0 } },
]

it('adds up, and names skipped tests only where there are any', () => {
  expect(totalLine(steps)).toBe('41 passed, 2 failed')
  const skipping = { name: 'e2e', seconds: 0, counts: { passed: 0, failed: 0, skipped: 3 } }
  expect(totalLine([...steps, skipping])).toBe('41 passed, 2 failed, 3 skipped')
})

it('says of every step how it went', () => {
  const lines = summaryTable([
    ...steps,
    {
      name: 'e2e',
      seconds: 0,
      note: 'not run: the build failed',
      counts: { passed: 0, failed: 1, skipped: 0 },
    },
  ]).split('\n')
  expect(lines).toHaveLength(3)
  expect(lines[0]).toMatch(/typecheck +ok +1\.2 s/)
  expect(lines[1]).toMatch(/node tests +FAILED +12\.0 s +40 passed, 2 failed/)
  expect(lines[2]).toMatch(/e2e +FAILED .*not run: the build failed/)
})

it('says how long all of it took', () => {
  expect(tookLine(0.4)).toBe('All of it took 0 min 0 s.')
  expect(tookLine(479.6)).toBe('All of it took 8 min 0 s.')
})
