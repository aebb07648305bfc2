import { afterEach, describe, expect, it, vi } from 'vitest'
import type { FrameRecord } from '../session/frame-record.ts'
import { createSession } from './session.ts'

const record: FrameRecord = {
  index: 0,
  name: 'a',
  trueLabel: 'ant',
  label: 'ant',
  certainty: 0.9,
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
}

/** A session whose pictures are painted when the test says so, and whose clock the test turns. */
function paintedByHand() {
  const waiting: (() => void)[] = []
  const clock = { ms: 0 }
  const session = createSession({ schedule: (update) => void waiting.push(update), nowMs: () => clock.ms })
  const paint = (): number => {
    const updates = waiting.splice(0)
    for (const update of updates) update()
    return updates.length
  }
  return { session, paint, clock }
}

describe('Session', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('changes what is shown once a picture, however many frames came', () => {
    const { session, paint } = paintedByHand()
    let changes = 0
    session.answer.subscribe(() => changes++)
    for (let index = 0; index < 50; index++) session.add({ ...record, index })
    expect(session.answer.value).toBeUndefined()
    expect(paint()).toBe(1)
    expect(session.answer.value).toMatchObject({ label: 'ant' })
    expect(session.tally.value.totals.frames).toBe(50)
    expect(changes).toBe(2)
  })

  it('counts ten times a second at most, and never forgets the last', () => {
    vi.useFakeTimers()
    const { session, paint, clock } = paintedByHand()
    const answerAt = (ms: number, index: number): number => {
      clock.ms = ms
      session.add({ ...record, index, label: `answer ${index}` })
      paint()
      expect(session.answer.value?.label).toBe(`answer ${index}`)
      return session.tally.value.totals.frames
    }
    expect([answerAt(0, 0), answerAt(30, 1), answerAt(60, 2), answerAt(110, 3), answerAt(150, 4)]).toEqual([
      1, 1, 1, 4, 4,
    ])
    clock.ms = 210
    vi.advanceTimersByTime(60)
    expect(session.tally.value.totals.frames).toBe(5)
  })

  it('shows a provisional answer, and then the final one in its place', () => {
    const { session, paint } = paintedByHand()
    session.showProvisional({ ...record, label: 'bee', outcome: 'uncertain' })
    paint()
    expect(session.answer.value).toMatchObject({ label: 'bee', isPending: true })
    expect(session.tally.value.totals.frames).toBe(0)
    session.add(record)
    paint()
    expect(session.answer.value).toMatchObject({ label: 'ant', isPending: false })
  })

  it('is up to date at once when it is flushed, and not again for the picture after', () => {
    const { session, paint } = paintedByHand()
    session.add(record)
    session.flush()
    const { revision, totals } = session.tally.value
    expect(totals.frames).toBe(1)
    paint()
    expect(session.tally.value.revision).toBe(revision)
    session.clear()
    paint()
    expect(session.answer.value).toBeUndefined()
    expect(session.tally.value.totals.frames).toBe(0)
  })

  it('puts the edge’s answer in the place of the device’s own, unless a later frame was a hit', () => {
    const { session } = paintedByHand()
    const shown = () => {
      session.flush()
      return { answer: session.answer.value, totals: session.tally.value.totals }
    }
    session.add({ ...record, label: 'bee', outcome: 'uncertain' })
    session.add({ ...record, index: 1, label: 'cat', outcome: 'uncertain' })
    session.revise({ ...record, outcome: 'miss', switchedTo: 'p1', bytesUp: 3 })
    expect(shown()).toMatchObject({
      answer: { label: 'ant', outcome: 'miss' },
      totals: { frames: 2, misses: 1, uncertain: 1, switches: 1, correct: 1, bytesUp: 3 },
    })
    session.add({ ...record, index: 2, label: 'dog' })
    session.revise({ ...record, index: 1, outcome: 'miss' })
    expect(shown()).toMatchObject({
      answer: { label: 'dog', outcome: 'hit' },
      totals: { frames: 3, hits: 1, misses: 2, uncertain: 0 },
    })
    expect(session.log.frames().map(({ outcome }) => outcome)).toEqual(['miss', 'miss', 'hit'])
  })

  it('steadies the label where that is wanted, and not the entropy nor the log', () => {
    const session = createSession({ schedule: () => undefined, isSmoothing: () => true })
    for (const label of ['ant', 'ant', 'bee'])
      session.add({ ...record, label, entropyNats: label === 'bee' ? 0.7 : 0.1 })
    session.flush()
    expect(session.answer.value).toMatchObject({
      label: 'ant',
      agreement: { agreeing: 2, frames: 3 },
      entropyNats: 0.7,
    })
    expect(session.log.newest()?.label).toBe('bee')
  })
})
