import { describe, expect, it } from 'vitest'
import type { FrameRecord } from './frame-record.ts'
import { Ring } from './ring.ts'
import { StreamLog } from './stream-log.ts'

const frame = (index: number, changes: Partial<FrameRecord> = {}): FrameRecord => ({
  index,
  name: `frame ${index}`,
  trueLabel: null,
  label: 'ant',
  certainty: 0.9,
  runnersUp: [],
  sureness: 'certain',
  entropyNats: 0.2,
  thresholdNats: 0.3,
  outcome: 'hit',
  network: 'p0',
  answeredBy: 'device',
  edgeEntropyNats: null,
  latencyMs: 2,
  localLatencyMs: 2,
  switchedTo: null,
  bytesUp: 0,
  bytesDown: 0,
  ...changes,
})

describe('Ring', () => {
  it('keeps the last ones, and says what it let go', () => {
    const ring = new Ring<number>(3)
    expect([1, 2, 3, 4, 5].map((value) => ring.add(value))).toEqual([undefined, undefined, undefined, 1, 2])
    expect(ring.toArray()).toEqual([3, 4, 5])
    expect([0, 1, 2, 3].map((age) => ring.fromNewest(age))).toEqual([5, 4, 3, undefined])
  })

  it('reads back before it is full', () => {
    const ring = new Ring<number>(3)
    ring.add(1)
    ring.add(2)
    expect(ring.toArray()).toEqual([1, 2])
    expect([0, 1, 2].map((age) => ring.fromNewest(age))).toEqual([2, 1, undefined])
  })
})

describe('StreamLog', () => {
  it('says which misses the full model answered on this device', () => {
    const log = new StreamLog()
    log.add(frame(0, { outcome: 'miss', answeredBy: 'device', network: 'full' }))
    log.add(frame(1, { outcome: 'miss', answeredBy: 'edge' }))
    expect(log.totals()).toMatchObject({ misses: 2, missesHere: 1 })
  })

  it('adds up what happened', () => {
    const log = new StreamLog()
    log.add(frame(0, { trueLabel: 'ant' }))
    log.add(frame(1, { trueLabel: 'bee', latencyMs: 4 }))
    log.add(
      frame(2, {
        outcome: 'miss',
        answeredBy: 'edge',
        switchedTo: 'p1',
        bytesUp: 768,
        bytesDown: 300,
        latencyMs: 80,
        trueLabel: 'ant',
      }),
    )
    log.add(frame(3, { outcome: 'uncertain', latencyMs: 900 }))
    expect(log.totals()).toEqual({
      frames: 4,
      hits: 2,
      misses: 1,
      missesHere: 0,
      uncertain: 1,
      switches: 1,
      bytesUp: 768,
      bytesDown: 300,
      labelled: 3,
      correct: 2,
      audits: 0,
      agreements: 0,
    })
    expect(log.latencies()).toEqual({
      medianHitMs: 3,
      medianMissMs: 80,
      p95HitMs: expect.closeTo(3.9) as number,
      p95MissMs: 80,
    })
  })

  it('adds a download to the frame that asked for it, also when frames came in between', () => {
    const log = new StreamLog()
    for (let index = 0; index < 4; index++) log.add(frame(index, { bytesDown: 10 }))
    log.addBytesDown(1, 5000)
    expect(log.frames().map(({ bytesDown }) => bytesDown)).toEqual([10, 5010, 10, 10])
    expect(log.totals().bytesDown).toBe(5040)
  })

  it('is bounded, and its totals are not', () => {
    const log = new StreamLog(100)
    for (let index = 0; index < 250; index++) log.add(frame(index))
    expect(log.length).toBe(100)
    expect(log.frames().map(({ index }) => index)).toEqual(Array.from({ length: 100 }, (_, i) => i + 150))
    expect(log.totals().frames).toBe(250)
    log.addBytesDown(3, 7)
    expect(log.totals().bytesDown).toBe(7)
    expect(log.frames().every(({ bytesDown }) => bytesDown === 0)).toBe(true)
  })

  it('shows the tail oldest first, and starts again empty', () => {
    const log = new StreamLog(5)
    for (let index = 0; index < 8; index++) log.add(frame(index))
    expect(log.tail(3).map(({ index }) => index)).toEqual([5, 6, 7])
    expect(log.tail(99)).toHaveLength(5)
    expect(log.newest()?.index).toBe(7)
    log.clear()
    expect(log.newest()).toBeUndefined()
    expect(log.tail(3)).toEqual([])
    expect(log.totals().frames).toBe(0)
    expect(log.latencies().medianHitMs).toBeUndefined()
  })
})
