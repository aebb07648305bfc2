import { expect, it, onTestFinished } from 'vitest'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { countReport, countTests } from './vitest-report.ts'

const file = (status: string, ...assertions: string[]): object => ({
  status,
  assertionResults: assertions.map((each) => ({ status: each })),
})
const report = (passed: number, failed: number, pending: number, ...testResults: object[]): object => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: pending,
  numTodoTests: 0,
  testResults,
})

it('counts what passed, failed and was skipped', () => {
  const mixed = report(2, 1, 1, file('passed', 'passed', 'skipped'), file('failed', 'passed', 'failed'))
  expect(countTests(mixed, false)).toEqual({ passed: 2, failed: 1, skipped: 1 })
})

it('counts a file that did not load, or whose hook failed', () => {
  expect(
    countTests(report(1, 0, 1, file('failed'), file('failed', 'skipped'), file('passed', 'passed')), false),
  ).toEqual({ passed: 1, failed: 2, skipped: 1 })
})

it('counts a run that ended badly although every test passed', () => {
  expect(countTests(report(3, 0, 0, file('passed', 'passed')), false)).toEqual({
    passed: 3,
    failed: 1,
    skipped: 0,
  })
  expect(countTests(report(3, 0, 0, file('passed', 'passed')), true)).toEqual({
    passed: 3,
    failed: 0,
    skipped: 0,
  })
})

it('counts one failed where there is no report, or none that can be read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cachenet-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const one = { passed: 0, failed: 1, skipped: 0 }
  expect(await countReport(join(folder, 'none.json'), true)).toEqual(one)
  await writeFile(join(folder, 'cut.json'), '{"numPassedTests": 1')
  expect(await countReport(join(folder, 'cut.json'), true)).toEqual(one)
  expect(countTests({}, true)).toEqual(one)
})
