import { describe, expect, it } from 'vitest'
import type { StreamMetrics } from './stream-metrics.ts'
import { losesByDeltas } from './without-losing-deltas.ts'

const stream = (accuracy: number): StreamMetrics => ({
  accuracy,
  fullAccuracy: 0.9,
  edgeSceneAccuracy: 0.95,
  coverage: 0.5,
  accuracyOnHits: accuracy,
  switchRate: 0,
  downloadRate: 0,
  partitionHitShare: 1,
  strangersCertain: 0,
  strangersOnDevice: 0,
})
const evaluated = (wholes: number, deltas: number): Parameters<typeof losesByDeltas>[0] => ({
  streams: { places100: stream(wholes), iid: stream(0.949) },
  delta: { streams: { places100: stream(deltas), iid: stream(0.949) } },
})

describe('losesByDeltas', () => {
  it('holds deltas to the line that the wholes keep', () => {
    expect(losesByDeltas(evaluated(0.945, 0.942), 0.01)).toBe(false)
    expect(losesByDeltas(evaluated(0.945, 0.92), 0.01)).toBe(true)
  })

  it('blames no delta for a line that the wholes do not keep either', () => {
    expect(losesByDeltas(evaluated(0.92, 0.91), 0.01)).toBe(false)
  })

  it('has nothing against bundles that have none', () => {
    expect(losesByDeltas({ streams: { places100: stream(0.945) } }, 0.01)).toBe(false)
  })
})
