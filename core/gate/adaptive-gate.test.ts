import { describe, expect, it } from 'vitest'
import type { LocalityRow } from './settings.ts'
import { createRandom } from '../random.ts'
import {
  changeRateOf,
  createAdaptiveGate,
  observe,
  settingsOf,
  type AdaptiveGateState,
} from './adaptive-gate.ts'
import { observationsOf } from './observation.ts'

const recencies = ['repeated', 'recent', 'new'] as const
const fallback = {
  thresholdNats: 0.4,
  generalistThresholdNats: 0.2,
  maxProbes: 1,
  order: 'recent-first',
  asksGeneralist: false,
} as const

/**
 * Three localities: how often the region changes, and how often an answer is the one before; of the others
 * half are recent.
 */
const changeRates = [0.01, 0.1, 0.7]
const repeatRates = [0.9, 0.5, 0.1]

/**
 * What a device sees of a frame of that locality: a looser threshold sees fewer of the changes that there
 * are, as real ones do.
 */
function eventsOf(row: number, locality: number): number[] {
  const changes = changeRates[locality]! * [0.6, 0.8, 1][row]!
  const repeats = repeatRates[locality]!
  const byRecency = [repeats, (1 - repeats) / 2, (1 - repeats) / 2]
  return [1 - changes, 0, changes].flatMap((chance) => byRecency.map((share) => chance * share))
}

/** A row costs nothing on its own stream and on more local ones, and too much on others. */
const rows: LocalityRow[] = [2, 1, 0.2].map((thresholdNats, row) => ({
  ...fallback,
  thresholdNats,
  changeRate: changeRates[row]!,
  coverage: 0.9,
  accuracy: 0.9,
  fullAccuracy: 0.9,
  observed: changeRates.map((_, locality) => ({
    events: eventsOf(row, locality),
    coverage: 0.9 - 0.2 * row,
    loss: locality > row ? 0.05 : 0,
  })),
}))

/** Frames of a stream of one locality, as a device would see them under the settings in force. */
function live(
  state: AdaptiveGateState,
  locality: number,
  frames: number,
  seed = 1,
  isBlind = false,
): AdaptiveGateState {
  const random = createRandom(seed)
  for (let frame = 0; frame < frames; frame++) {
    let rest = random.next()
    const place = eventsOf(state.row, locality).findIndex((chance) => (rest -= chance) < 0)
    const answer = isBlind ? {} : { recency: recencies[place % recencies.length] }
    state = observe(
      state,
      place < 3 ? { kind: 'hit', ...answer } : { kind: 'miss', isChange: place >= 6, ...answer },
    )
  }
  return state
}

describe('the adaptive gate', () => {
  it('begins carefully: nothing is known yet', () => {
    expect(settingsOf(createAdaptiveGate(rows, fallback)).thresholdNats).toBe(0.2)
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

  it('tells localities apart by changes alone where it is not known which answers repeat', () => {
    expect(
      [0, 1, 2].map((locality) => live(createAdaptiveGate(rows, fallback), locality, 400, 5, true).row),
    ).toEqual([0, 1, 2])
  })

  it('tells a stream of one class from one of several within a few frames, without a single miss', () => {
    const mixed = live(createAdaptiveGate(rows, fallback), 2, 100)
    const hits = Array.from({ length: 40 }).reduce<AdaptiveGateState>(
      (state) => observe(state, { kind: 'hit', recency: 'repeated' }),
      mixed,
    )
    expect(hits.row).toBe(0)
  })

  it('takes a miss that names the partition in use for no change', () => {
    expect(observationsOf({ kind: 'miss', isChange: false, recency: 'new' })).not.toEqual(
      observationsOf({ kind: 'miss', isChange: true, recency: 'new' }),
    )
    expect(observationsOf({ kind: 'hit' })).toEqual([0, 1, 2])
  })

  it('becomes stricter when audits say that hits are wrong, and only then', () => {
    const local = live(createAdaptiveGate(rows, fallback), 0, 400)
    const audited = (isRight: boolean): AdaptiveGateState =>
      Array.from({ length: 8 }).reduce<AdaptiveGateState>(
        (state) => observe(state, { kind: 'audit', isRight }),
        local,
      )
    expect(audited(true).row).toBe(0)
    expect(audited(false).row).toBeGreaterThan(0)
  })

  it('keeps to the one setting of a bundle without rows', () => {
    const state = observe(createAdaptiveGate([], fallback), { kind: 'miss', isChange: true })
    expect(settingsOf(state)).toEqual(fallback)
    expect(changeRateOf(state)).toBeUndefined()
  })

  it('takes the cheaper of two rows that lose too little to matter, and the one that answers more where costs are not known', () => {
    const harmless = (row: LocalityRow, cost?: number): LocalityRow => ({
      ...row,
      observed: row.observed.map((there) => ({ ...there, loss: 0, ...(cost === undefined ? {} : { cost }) })),
    })
    expect(createAdaptiveGate([harmless(rows[0]!, 9), harmless(rows[1]!, 4)], fallback).row).toBe(1)
    expect(createAdaptiveGate([harmless(rows[0]!), harmless(rows[1]!)], fallback).row).toBe(0)
  })

  it('takes a row on its own stream that loses there what it was allowed to', () => {
    const allowed = 0.007
    const lossy = rows.map((row) => ({
      ...row,
      observed: row.observed.map((there) => ({ ...there, loss: Math.max(there.loss, allowed) })),
    }))
    expect(live(createAdaptiveGate(lossy, fallback), 0, 400).row).toBe(0)
  })

  it('is not opened for all streams by a row that keeps no line on its own', () => {
    const broken = rows.map((row, index) => ({
      ...row,
      observed: row.observed.map((there, locality) => ({
        ...there,
        loss: index === 2 && locality === 2 ? 0.3 : there.loss,
      })),
    }))
    // Row 0 would lose 5 points on both others: dear, but what row 2 loses at home is no licence.
    expect(live(createAdaptiveGate(broken, fallback), 1, 400).row).toBe(1)
  })

  it('survives JSON', () => {
    const state = live(createAdaptiveGate(rows, fallback), 1, 50)
    expect(observe(JSON.parse(JSON.stringify(state)) as AdaptiveGateState, { kind: 'hit' })).toEqual(
      observe(state, { kind: 'hit' }),
    )
  })
})
