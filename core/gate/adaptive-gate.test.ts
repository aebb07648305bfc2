import { describe, expect, it } from 'vitest'
import type { LocalityRow } from '../bundle/manifest.ts'
import { createRandom } from '../random.ts'
import { changeRateOf, createAdaptiveGate, observe, settingsOf, type AdaptiveGateState } from './adaptive-gate.ts'

const fallback = { thresholdNats: 0.4, generalistThresholdNats: 0.2, maxProbes: 1, order: 'recent-first', asksGeneralist: false } as const

/** Three localities. A looser threshold sees fewer of the changes that there are, as real ones do. */
const rows: LocalityRow[] = [
  { changeRate: 0.01, thresholdNats: 2, observedChangeRates: [0.01, 0.06, 0.4] },
  { changeRate: 0.1, thresholdNats: 1, observedChangeRates: [0.01, 0.1, 0.6] },
  { changeRate: 0.7, thresholdNats: 0.2, observedChangeRates: [0.03, 0.15, 0.7] },
].map((row) => ({ ...fallback, coverage: 0.9, accuracy: 0.9, fullAccuracy: 0.9, ...row }))

/** Frames of a stream of one locality, as a device would see them under the settings in force. */
function live(state: AdaptiveGateState, locality: number, frames: number, seed = 1): AdaptiveGateState {
  const random = createRandom(seed)
  for (let frame = 0; frame < frames; frame++) {
    const isSeen = random.next() < rows[state.row]!.observedChangeRates[locality]!
    state = observe(state, isSeen ? { kind: 'miss', isChange: true } : { kind: 'hit' })
  }
  return state
}

describe('the adaptive gate', () => {
  it('begins in the middle', () => {
    expect(settingsOf(createAdaptiveGate(rows, fallback)).thresholdNats).toBe(1)
  })

  it.each([0, 1, 2])('settles on locality %d from any other, and stays there', (locality) => {
    for (const start of [0, 1, 2]) {
      let state = live(createAdaptiveGate(rows, fallback), start, 300, 2)
      state = live(state, locality, 300, 3)
      let framesThere = 0
      for (let frame = 0; frame < 1000; frame++) {
        state = live(state, locality, 1, 1000 + frame)
        framesThere += Number(state.row === locality)
      }
      expect(framesThere / 1000).toBeGreaterThan(0.8)
    }
  })

  it('becomes strict within a hundred frames when a stream loses its locality', () => {
    const local = live(createAdaptiveGate(rows, fallback), 0, 400)
    expect(changeRateOf(local)).toBe(0.01)
    expect(changeRateOf(live(local, 2, 100))).toBe(0.7)
  })

  it('takes a miss that names the partition in use for no change', () => {
    let state = createAdaptiveGate(rows, fallback)
    for (let frame = 0; frame < 300; frame++) state = observe(state, { kind: 'miss', isChange: false })
    expect(changeRateOf(state)).toBe(0.01)
  })

  it('becomes stricter when audits say that hits are wrong, and only then', () => {
    const local = live(createAdaptiveGate(rows, fallback), 0, 400)
    const audited = (isRight: boolean): AdaptiveGateState => Array.from({ length: 8 }).reduce<AdaptiveGateState>((state) => observe(state, { kind: 'audit', isRight }), local)
    expect(audited(true).row).toBe(0)
    expect(audited(false).row).toBeGreaterThan(0)
  })

  it('keeps to the one setting of a bundle without rows', () => {
    const state = observe(createAdaptiveGate([], fallback), { kind: 'miss', isChange: true })
    expect(settingsOf(state)).toEqual(fallback)
    expect(changeRateOf(state)).toBeUndefined()
  })

  it('survives JSON', () => {
    const state = live(createAdaptiveGate(rows, fallback), 1, 50)
    expect(observe(JSON.parse(JSON.stringify(state)) as AdaptiveGateState, { kind: 'hit' })).toEqual(observe(state, { kind: 'hit' }))
  })
})
