import { describe, expect, it } from 'vitest'
import type { FrameRecord } from '../session/frame-record.ts'
import { createSession, type ShownAnswer } from './session.ts'

const record: FrameRecord = {
  index: 0,
  name: 'a',
  trueLabel: 'ant',
  label: 'ant',
  certainty: 0.9,
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

/** A session whose pictures are painted when the test says so. */
function paintedByHand() {
  const waiting: (() => void)[] = []
  const session = createSession((update) => void waiting.push(update))
  const paint = (): number => {
    const updates = waiting.splice(0)
    for (const update of updates) update()
    return updates.length
  }
  return { session, paint }
}

describe('Session', () => {
  it('changes what is shown once a picture, however many frames came', () => {
    const { session, paint } = paintedByHand()
    let changes = 0
    session.view.subscribe(() => changes++)
    for (let index = 0; index < 50; index++) session.add({ ...record, index })
    expect(session.view.value.totals.frames).toBe(0)
    expect(paint()).toBe(1)
    expect(session.view.value.totals.frames).toBe(50)
    expect(changes).toBe(2)
  })

  it('shows a provisional answer, and then the final one in its place', () => {
    const { session, paint } = paintedByHand()
    const provisional: ShownAnswer = { ...record, label: 'bee', outcome: 'uncertain', isPending: true }
    session.showProvisional(provisional)
    paint()
    expect(session.view.value.answer).toMatchObject({ label: 'bee', isPending: true })
    expect(session.view.value.totals.frames).toBe(0)
    session.add(record)
    paint()
    expect(session.view.value.answer).toMatchObject({ label: 'ant', isPending: false })
  })

  it('is up to date at once when it is flushed, and not again for the picture after', () => {
    const { session, paint } = paintedByHand()
    session.add(record)
    session.flush()
    const { revision } = session.view.value
    expect(session.view.value.totals.frames).toBe(1)
    paint()
    expect(session.view.value.revision).toBe(revision)
    session.clear()
    paint()
    expect(session.view.value).toMatchObject({ answer: undefined, totals: { frames: 0 } })
  })
})
