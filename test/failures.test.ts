import { expect, it, onTestFinished } from 'vitest'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { failedTests, failuresOf } from './failures.ts'

const passed = { status: 'passed', fullName: 'adds', failureMessages: [] }
const failed = {
  status: 'failed',
  fullName: 'numbers adds up',
  failureMessages: ['AssertionError: expected 3 to be 4\n    at sum.test.ts:3:1'],
}
const report = {
  testResults: [
    { name: '/house/core/fine.test.ts', status: 'passed', message: '', assertionResults: [passed] },
    { name: '/house/core/sum.test.ts', status: 'failed', message: '', assertionResults: [passed, failed] },
    {
      name: '/house/web/broken.test.ts',
      status: 'failed',
      message: 'No such file\nat x',
      assertionResults: [],
    },
  ],
}

it('names each test that failed with the first line of why, and each file that did not load', () => {
  expect(failuresOf([report, undefined], '/house')).toEqual([
    { file: 'core/sum.test.ts', test: 'numbers adds up', reason: 'AssertionError: expected 3 to be 4' },
    { file: 'web/broken.test.ts', test: '', reason: 'No such file' },
  ])
})

it('reads them from files, and says nothing where nothing failed or there is no report', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cachenet-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'node.json')
  expect(await failedTests([path])).toBe('')
  await writeFile(path, JSON.stringify(report))
  expect(await failedTests([path])).toMatch(/core\/sum\.test\.ts > numbers adds up\n {4}AssertionError: exp/)
})
