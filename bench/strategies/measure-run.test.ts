import { expect, it } from 'vitest'
import type { LoggedFrame, SessionLog } from '../replay/session-log.ts'
import { measureRun, type RunFacts } from './measure-run.ts'

const frame = (index: number, trueLabel: string, label: string): LoggedFrame => ({
  index,
  name: `${index}.png`,
  trueLabel,
  label,
  entropyNats: 0.1,
  outcome: 'hit',
  network: 'p0',
  answeredBy: 'device',
  latencyMs: 4,
  localLatencyMs: 4,
  switchedTo: null,
  bytesUp: 0,
  bytesDown: 0,
})
const logOf = (...frames: LoggedFrame[]): SessionLog => ({
  bundle: 'b',
  settings: {},
  frames,
  totals: { frames: frames.length, bytesUp: 0, bytesDown: 0 },
})
const facts: Omit<RunFacts, 'framesSent'> = {
  round: 0,
  seed: 1,
  turn: 0,
  seconds: 1,
  commit: 'c',
  wireBytesUp: 0,
  wireBytesDown: 0,
  classNames: ['ant', 'bee'],
  edge: { frames: 0, refused: 0, blobs: 0 },
}

it('knows what is right only where a folder is called like a class', () => {
  const { run, answers } = measureRun(
    logOf(frame(0, 'ant', 'ant'), frame(1, 'ant', 'bee'), frame(2, '-', 'ant'), frame(3, 'holiday', 'bee')),
    { ...facts, framesSent: 4 },
  )
  expect(run).toMatchObject({ frames: 4, accuracy: 0.5 })
  expect(run).not.toHaveProperty('agreement')
  expect(answers).toEqual(['ant', 'bee', 'ant', 'bee'])
})

it('without labels holds the answers against the full model’s, as far as the run goes', () => {
  const { run, disagreements } = measureRun(logOf(frame(0, '-', 'ant'), frame(1, '-', 'ant')), {
    ...facts,
    framesSent: 2,
    reference: ['ant', 'bee', 'bee'],
  })
  expect(run).toMatchObject({ accuracy: null, agreement: 0.5 })
  expect(disagreements).toEqual([])
})
