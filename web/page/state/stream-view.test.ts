import { afterEach, describe, expect, it, vi } from 'vitest'
import type { FrameRecord } from '../stream-log/frame-record.ts'
import { createStreamView } from './stream-view.ts'

const record: FrameRecord = {
  index: 0,
  name: 'a',
  trueLabel: 'ant',
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
}

/** A view whose pictures are painted when the test says so, and whose clock the test turns. */
function paintedByHand() {
  const waiting: (() => void)[] = []
  const clock = { ms: 0 }
  const streamView = createStreamView({
    schedule: (update) => void waiting.push(update),
    nowMs: () => clock.ms,
  })
  const paint = (): number => {
    const updates = waiting.splice(0)
    for (const update of updates) update()
    return updates.length
  }
  return { streamView, paint, clock }
}

describe('StreamView', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('changes what is shown once a picture, however many frames came', () => {
    const { streamView, paint } = paintedByHand()
    let changes = 0
    streamView.answer.subscribe(() => changes++)
    for (let index = 0; index < 50; index++) streamView.add({ ...record, index })
    expect(streamView.answer.value).toBeUndefined()
    expect(paint()).toBe(1)
    expect(streamView.answer.value).toMatchObject({ label: 'ant' })
    expect(streamView.tally.value.totals.frames).toBe(50)
    expect(changes).toBe(2)
  })

  it('counts ten times a second at most, and never forgets the last', () => {
    vi.useFakeTimers()
    const { streamView, paint, clock } = paintedByHand()
    const answerAt = (ms: number, index: number): number => {
      clock.ms = ms
      streamView.add({ ...record, index, label: `answer ${index}` })
      paint()
      expect(streamView.answer.value?.label).toBe(`answer ${index}`)
      return streamView.tally.value.totals.frames
    }
    expect([answerAt(0, 0), answerAt(30, 1), answerAt(60, 2), answerAt(110, 3), answerAt(150, 4)]).toEqual([
      1, 1, 1, 4, 4,
    ])
    clock.ms = 210
    vi.advanceTimersByTime(60)
    expect(streamView.tally.value.totals.frames).toBe(5)
  })

  it('shows a provisional answer, and then the final one in its place', () => {
    const { streamView, paint } = paintedByHand()
    streamView.showProvisional({ ...record, label: 'bee', outcome: 'uncertain' })
    paint()
    expect(streamView.answer.value).toMatchObject({ label: 'bee', isPending: true })
    expect(streamView.tally.value.totals.frames).toBe(0)
    streamView.add(record)
    paint()
    expect(streamView.answer.value).toMatchObject({ label: 'ant', isPending: false })
  })

  it('is up to date at once when it is flushed, and not again for the picture after', () => {
    const { streamView, paint } = paintedByHand()
    streamView.add(record)
    streamView.flush()
    const { revision, totals } = streamView.tally.value
    expect(totals.frames).toBe(1)
    paint()
    expect(streamView.tally.value.revision).toBe(revision)
    streamView.clear()
    paint()
    expect(streamView.answer.value).toBeUndefined()
    expect(streamView.tally.value.totals.frames).toBe(0)
  })

  it('puts the edge’s answer in the place of the device’s own, unless a later frame was a hit', () => {
    const { streamView } = paintedByHand()
    const shown = () => {
      streamView.flush()
      return { answer: streamView.answer.value, totals: streamView.tally.value.totals }
    }
    streamView.add({ ...record, label: 'bee', outcome: 'uncertain' })
    streamView.add({ ...record, index: 1, label: 'cat', outcome: 'uncertain' })
    streamView.revise({ ...record, outcome: 'miss', switchedTo: 'p1', bytesUp: 3 })
    expect(shown()).toMatchObject({
      answer: { label: 'ant', outcome: 'miss' },
      totals: { frames: 2, misses: 1, uncertain: 1, switches: 1, correct: 1, bytesUp: 3 },
    })
    streamView.add({ ...record, index: 2, label: 'dog' })
    streamView.revise({ ...record, index: 1, outcome: 'miss' })
    expect(shown()).toMatchObject({
      answer: { label: 'dog', outcome: 'hit' },
      totals: { frames: 3, hits: 1, misses: 2, uncertain: 0 },
    })
    expect(streamView.log.frames().map(({ outcome }) => outcome)).toEqual(['miss', 'miss', 'hit'])
  })

  it('steadies the label where that is wanted, and not the entropy nor the log', () => {
    const streamView = createStreamView({ schedule: () => undefined, isSmoothing: () => true })
    for (const label of ['ant', 'ant', 'bee'])
      streamView.add({ ...record, label, entropyNats: label === 'bee' ? 0.7 : 0.1 })
    streamView.flush()
    expect(streamView.answer.value).toMatchObject({
      label: 'ant',
      agreement: { agreeing: 2, frames: 3 },
      entropyNats: 0.7,
    })
    expect(streamView.log.newest()?.label).toBe('bee')
  })
})
