import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { slowestFiles, slowestOf } from './slowest-files.ts'

const file = (name: string, seconds: number): object => ({
  name: `/house/${name}`,
  startTime: 1000,
  endTime: 1000 + seconds * 1000,
})

it('names the slowest files of all reports, the slowest first, and passes over what is no report', () => {
  const reports = [
    { testResults: [file('a', 1), file('b', 5)] },
    undefined,
    { testResults: [file('c/d', 3)] },
  ]
  expect(slowestOf(reports, 2, '/house')).toEqual([
    { name: 'b', seconds: 5 },
    { name: 'c/d', seconds: 3 },
  ])
})

it('reads them from files, and says nothing where there are none', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cachenet-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'node.json')
  expect(await slowestFiles([path])).toBe('')
  await writeFile(path, JSON.stringify({ testResults: [file('a', 1.25)] }))
  expect(await slowestFiles([path])).toMatch(/^ {5}1\.3 s {2}.*a$/)
})
