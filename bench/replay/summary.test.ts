import { describe, expect, it } from 'vitest'
import { CacheNetError } from '../../core/wire/errors.ts'
import { createEdgeCounter } from './edge-counter.ts'
import { parseSessionLog, type LoggedFrame, type SessionLog } from './session-log.ts'
import { percentile, summarize } from './summary.ts'
import { summaryTable } from './summary-table.ts'

const frame = (index: number, changes: Partial<LoggedFrame> = {}): LoggedFrame => ({
  index,
  name: `${index}.png`,
  trueLabel: 'ant',
  label: 'ant',
  entropyNats: 0.1,
  outcome: 'hit',
  network: 'p0',
  answeredBy: 'device',
  latencyMs: index + 1,
  localLatencyMs: index + 1,
  switchedTo: null,
  bytesUp: 0,
  bytesDown: 0,
  ...changes,
})
const miss = { outcome: 'miss', answeredBy: 'edge', network: 'full', bytesUp: 3072 } as const
const frames = [
  ...Array.from({ length: 7 }, (_, index) => frame(index)),
  frame(7, { label: 'bee' }),
  frame(8, { ...miss, latencyMs: 50, switchedTo: 'p1' }),
  frame(9, { ...miss, latencyMs: 70, label: 'bee', trueLabel: 'bee' }),
]
const log: SessionLog = {
  bundle: 'sample',
  settings: {},
  frames,
  totals: { frames: 10, bytesUp: 6144, bytesDown: 900 },
}
const edge = { frames: 2, refused: 0, blobs: 3 }

describe('summarize', () => {
  it('adds up all, hits and misses apart', () => {
    const summary = summarize(log, 10, edge)
    expect(summary).toMatchObject({
      hitRate: 0.8,
      switches: 1,
      bytesUp: 6144,
      bytesDown: 900,
      all: { frames: 10, accuracy: 0.9 },
      hits: { frames: 8, accuracy: 7 / 8, p50Ms: 4, p95Ms: 8 },
      misses: { frames: 2, accuracy: 1, p50Ms: 50, p95Ms: 70 },
      uncertain: { frames: 0, accuracy: undefined, p50Ms: undefined },
      disagreements: [],
    })
  })

  it('says where the page and the edge do not agree', () => {
    expect(summarize(log, 10, { ...edge, frames: 3 }).disagreements).toEqual([
      expect.stringContaining('2 misses'),
    ])
    expect(summarize(log, 11, edge).disagreements).toEqual([expect.stringContaining('11 images')])
    expect(summarize(log, 10, { ...edge, refused: 1 }).disagreements).toEqual([
      expect.stringContaining('refused 1'),
    ])
    const cut = { ...log, totals: { ...log.totals, frames: 500 } }
    expect(summarize(cut, 500, { ...edge, frames: 90 }).disagreements).toEqual([
      expect.stringContaining('10 of 500'),
    ])
  })

  it('has a decimal where a thousand images bear it out, and not where few are shown again and again', () => {
    const many = summarize(log, 10, edge)
    const frames = 8_000
    const summary = {
      ...many,
      all: { ...many.all, frames: 10_000 },
      hits: { ...many.hits, frames },
    }
    expect(summaryTable(summary, 5_000)).toMatch(/hits +8000 +80\.0 % +87\.5 %/)
    expect(summaryTable(summary, 50)).toMatch(/hits +8000 +80 % \(67–89\)/)
  })

  it('prints every number', () => {
    const table = summaryTable(summarize(log, 10, edge), 10)
    expect(table).toMatch(/hits +8 +80 % \(49–94\) +88 % \(53–98\) +4\.0 ms +8\.0 ms/)
    expect(table).toMatch(/misses +2 +20 % \(6–51\) +100 % \(34–100\) +50\.0 ms +70\.0 ms/)
    expect(table).toMatch(/uncertain +0 +0 % \(0–28\) +– +– +–/)
    expect(table).toContain('19 times of 20')
    expect(table).toContain('6.1 kB up, 0.9 kB down')
    expect(table).not.toContain('WARNING')
    expect(summaryTable(summarize(log, 11, edge), 10)).toContain('WARNING')
  })
})

it('takes the nearest rank as a percentile', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect([0.5, 0.95, 1, 0].map((share) => percentile(values, share))).toEqual([50, 95, 100, 1])
  expect(percentile([], 0.5)).toBeUndefined()
})

describe('parseSessionLog', () => {
  it('reads what the page exports, and keeps what it does not know', () => {
    const text = JSON.stringify({
      ...log,
      frames: frames.map((each) => ({ ...each, certainty: 1 })),
      more: 1,
    })
    expect(parseSessionLog(text)).toMatchObject({ frames, more: 1 })
  })

  it.each(['', '{', '[]', JSON.stringify({ ...log, frames: [{ index: 0 }] })])('refuses %j', (text) => {
    expect(() => parseSessionLog(text)).toThrow(CacheNetError)
  })
})

it('counts frames and blobs at the edge, and nothing else', () => {
  const { counts, onRequest } = createEdgeCounter()
  const blob = `/api/v1/bundles/cifar10/blobs/${'a'.repeat(64)}.bin`
  const requests = [
    ['POST', '/api/v1/bundles/cifar10/frames', 200],
    ['POST', '/api/v1/bundles/other/frames', 200],
    ['POST', '/api/v1/bundles/cifar10/frames', 503],
    ['GET', '/api/v1/bundles/cifar10/frames', 404],
    ['GET', blob, 200],
    ['GET', blob, 304],
    ['HEAD', blob, 200],
    ['GET', '/', 200],
  ] as const
  for (const [method, path, status] of requests) onRequest({ method, path, status, elapsedMs: 1 })
  expect(counts).toEqual({ frames: 2, refused: 1, blobs: 1 })
})
