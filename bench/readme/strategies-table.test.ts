import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { resultsSchema, type Results, type Row } from '../strategies/results.ts'
import { tableEnd, tableStart, withTable } from './strategies-table.ts'

/** Undefined while nothing was measured yet; a file that cannot be read is an error. */
async function readPublished(): Promise<Results | undefined> {
  const text = await readFile('bench/results/strategies.json', 'utf8').catch(() => undefined)
  return text === undefined ? undefined : resultsSchema.parse(JSON.parse(text))
}

const run = {
  round: 0,
  seed: 1,
  turn: 0,
  frames: 10,
  meanMs: 5,
  p50Ms: 4,
  p95Ms: 9,
  p99Ms: 10,
  hitMs: 3,
  missMs: 9,
  hitP50Ms: 3,
  accuracy: 0.9,
  hitRate: 0.7,
  uploads: 3,
  uncertain: 0,
  switches: 1,
  bytesUp: 9216,
  bytesDown: 3000,
  wireBytesUp: 12_000,
  wireBytesDown: 6000,
  seconds: 1,
  measuredAt: '2026-01-01T00:00:00.000Z',
  commit: 'abc',
}
const row = (strategy: Row['strategy'], meanMs: number): Row => ({
  key: strategy,
  section: 'headline',
  bundle: 'b',
  stream: 'places100',
  network: 'wifi',
  slowDown: 4,
  cache: 2,
  strategy,
  n: 1,
  runs: [{ ...run, meanMs }],
})
const results: Results = {
  command: 'c',
  measuredAt: '2026-01-01T00:00:00.000Z',
  commit: 'abc',
  machine: { cpu: 'a CPU', cores: 2 },
  versions: {},
  loadAverageBefore: 0,
  settings: {},
  bundles: {},
  slowDowns: [],
  headline: {},
  kernelShareOfPartition: 0.9,
  hitOverheadMs: 0.5,
  rows: [row('device', 20), row('adaptive', 5)],
}

it('stands in docs/results as the results say it; while there are none, nothing does', async () => {
  const readme = await readFile('docs/results/strategies.md', 'utf8')
  const published = await readPublished()
  if (published !== undefined) expect(readme).toBe(withTable(readme, published))
  else expect(readme).toContain(`${tableStart}\n${tableEnd}`)
})

it('replaces what stood between the marks, and nothing else', () => {
  const written = withTable(`before\n${tableStart}\nold\n${tableEnd}\nafter`, results)
  expect(written.startsWith(`before\n${tableStart}`) && written.endsWith(`${tableEnd}\nafter`)).toBe(true)
  expect(written).not.toContain('\nold\n')
  expect(written).toContain(
    '| b, places100, wifi, device 1/4, cache 2 | Device | 20.0 | 4.0 | 9.0 | 10.0 | 4.00 | 90.0 % | 70.0 % | 12 / 6 | 1 |',
  )
  expect(written).toContain('90.0 % are bare convolutions; a hit in the page costs 0.50 ms beyond them')
  expect(withTable(written, results)).toBe(written)
})

it('says of a folder without labels that nobody knows what is right', () => {
  const unlabelled: Row = {
    ...row('adaptive', 5),
    section: 'folder',
    stream: 'holiday',
    runs: [{ ...run, accuracy: null }],
  }
  expect(withTable(`${tableStart}${tableEnd}`, { ...results, rows: [unlabelled] })).toContain(
    '| b, holiday, wifi, device 1/4, cache 2 | CacheNet | 5.0 | 4.0 | 9.0 | 10.0 | 1 | – | 70.0 % |',
  )
})

it('needs a place', () => expect(() => withTable('no marks', results)).toThrow(RangeError))
