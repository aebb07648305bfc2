import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { resultsSchema, type Results } from '../strategies/results.ts'
import { tableEnd, tableStart, withTable } from './strategies-table.ts'

const read = async (): Promise<Results> => resultsSchema.parse(JSON.parse(await readFile('bench/results/strategies.json', 'utf8')))

it('stands in the README as the results say it', async () => {
  const readme = await readFile('README.md', 'utf8')
  expect(readme).toBe(withTable(readme, await read()))
})

it('changes with the results', async () => {
  const results = await read()
  const readme = `before\n${tableStart}\nold\n${tableEnd}\nafter`
  const written = withTable(readme, results)
  expect(written.startsWith('before') && written.endsWith('after')).toBe(true)
  expect(written).not.toContain('\nold\n')
  const [first, ...others] = results.rows
  if (first === undefined) throw new Error('no rows')
  const slower = { ...results, rows: [{ ...first, runs: first.runs.map((run) => ({ ...run, meanMs: run.meanMs + 100 })) }, ...others] }
  expect(withTable(readme, slower)).not.toBe(written)
  expect(() => withTable('no marks', results)).toThrow(RangeError)
})
