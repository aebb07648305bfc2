import { describe, expect, it } from 'vitest'
import type { GateSettings } from '../../core/gate/settings.ts'
import type { KeptFrame } from '../../core/places/kept-frame.ts'
import type { Predictions } from '../models/predictions.ts'
import { factorsOf, judge, type JudgedNetwork } from './judge-place.ts'
import { layFrames } from './place-frames.ts'
import { betterOf, costOf, settleNetwork } from './settle-network.ts'

const classes = 4
const row: GateSettings = {
  thresholdNats: 0.3,
  generalistThresholdNats: 0.1,
  maxProbes: 1,
  order: 'recent-first',
  asksGeneralist: false,
}
const input = {
  width: 2,
  height: 2,
  channels: 3 as const,
  mean: [0, 0, 0] as [number, number, number],
  std: [1, 1, 1] as [number, number, number],
}
const sureOf = (index: number, of: number, by = 12): number[] =>
  Array.from({ length: of }, (_, at) => (at === index ? by : 0))

const told = [0, 1, 0, 1, 0, 1]
const kept = told.map((index, atMs): KeptFrame => ({
  atMs,
  kind: 'miss',
  pixels: new Uint8Array(12),
  logits: Float32Array.from(sureOf(index, classes)),
  codeLogits: new Float32Array(2),
}))
const frames = layFrames(kept, input, classes)
const all = told.map((_, at) => at)
const factors = factorsOf([0.5, 0.5, 0, 0], 0.02)
const head = { classIndices: [0, 1], prior: [0.4, 0.4, 0.2] }

const predictions = (rows: readonly (readonly number[])[]): Predictions => ({
  count: rows.length,
  outputs: rows[0]?.length ?? 0,
  logits: Float32Array.from(rows.flat()),
  features: new Float32Array(),
  featureSize: 0,
})
const network = (rows: readonly (readonly number[])[], isPartition: boolean): JudgedNetwork => ({
  head: isPartition ? head : undefined,
  predictions: predictions(rows),
  temperature: 1,
  mostStrange: undefined,
})
const ignorant = network(
  told.map(() => [0, 0, 0, 0]),
  false,
)

describe('judge', () => {
  const judged = (partition: JudgedNetwork | undefined): ReturnType<typeof judge> =>
    judge([row], partition, ignorant, frames, all, factors, 1)

  it('counts what a device that knows the place sends, and what it answers otherwise', () => {
    expect(judged(undefined)).toEqual({ misses: 1, wrongHits: 0 })
    const right = network(
      told.map((index) => sureOf(index, 3)),
      true,
    )
    expect(judged(right)).toEqual({ misses: 0, wrongHits: 0 })
    const wrong = network(
      told.map((index) => sureOf(1 - index, 3)),
      true,
    )
    expect(judged(wrong)).toEqual({ misses: 0, wrongHits: 1 })
  })

  it('takes something else, and what is strange, for a miss', () => {
    const elsewhere = network(
      told.map(() => sureOf(2, 3)),
      true,
    )
    expect(judged(elsewhere).misses).toBe(1)
    const right = network(
      told.map((index) => sureOf(index, 3)),
      true,
    )
    expect(judged({ ...right, mostStrange: -13 }).misses).toBe(1)
  })
})

describe('settleNetwork', () => {
  it('finds the bound behind which a partition is wrong, though its entropy is none', () => {
    // Sure of all, and wrong of what it is a little less familiar with.
    const rows = told.map((index, at) => (at < 4 ? sureOf(index, 3, 20) : sureOf(1 - index, 3, 12)))
    const strangers = predictions(Array.from({ length: 50 }, () => sureOf(2, 3)))
    const settled = settleNetwork(
      { head, predictions: predictions(rows), strangers, labels: frames.images.labels, of: all },
      (candidate) => judge([row], candidate, ignorant, frames, all, factors, 1),
    )
    expect(settled.judgement.wrongHits).toBe(0)
    expect(settled.judgement.misses).toBeCloseTo(1 / 3, 6)
  })
})

describe('betterOf', () => {
  it('holds a wrong answer to be worse than some misses', () => {
    const careful = { judgement: { misses: 0.3, wrongHits: 0 } }
    const rash = { judgement: { misses: 0, wrongHits: 0.05 } }
    expect(betterOf(careful, rash)).toBe(careful)
    expect(costOf(rash.judgement)).toBeGreaterThan(costOf(careful.judgement))
    expect(betterOf(careful, { judgement: { misses: 0.2, wrongHits: 0 } }).judgement.misses).toBe(0.2)
  })
})
