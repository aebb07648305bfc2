import { describe, expect, it } from 'vitest'
import type { FrameRecord, Outcome } from './frame-record.ts'
import { binColumns, entropyColumns, streamBins } from './series.ts'

const frame = (index: number, outcome: Outcome, switchedTo: string | null = null): FrameRecord => ({
  index,
  name: '',
  trueLabel: null,
  label: '',
  certainty: 1,
  runnersUp: [],
  sureness: 'certain',
  entropyNats: index / 10,
  thresholdNats: 0.5,
  outcome,
  network: 'p0',
  answeredBy: 'device',
  edgeEntropyNats: null,
  latencyMs: 1,
  localLatencyMs: 1,
  switchedTo,
  bytesUp: 0,
  bytesDown: 0,
})
const frames = [
  frame(4, 'hit'),
  frame(5, 'miss', 'p1'),
  frame(6, 'uncertain'),
  frame(7, 'hit'),
  frame(8, 'miss'),
]

describe('what the charts draw', () => {
  it('has a column for each outcome, and one for the threshold', () => {
    expect(entropyColumns(frames.slice(0, 3))).toEqual({
      x: [4, 5, 6],
      series: [
        [0.4, null, null],
        [null, 0.5, null],
        [null, null, 0.6],
        [0.5, 0.5, 0.5],
      ],
    })
  })

  it('counts misses and switches in bins of equal length', () => {
    expect(streamBins(frames, 3)).toEqual([
      { from: 4, frames: 2, misses: 1, uncertain: 0, switches: 1 },
      { from: 6, frames: 2, misses: 0, uncertain: 1, switches: 0 },
      { from: 8, frames: 1, misses: 1, uncertain: 0, switches: 0 },
    ])
    expect(binColumns(streamBins(frames, 3))).toEqual({
      x: [4, 6, 8],
      series: [
        [0.5, 0, 1],
        [0, 0.5, 0],
        [0.5, 0, 0],
      ],
    })
    expect(streamBins([], 3)).toEqual([])
  })
})
