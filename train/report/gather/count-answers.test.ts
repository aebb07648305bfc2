import { describe, expect, it } from 'vitest'
import type { AnswerTable } from '../../../core/gate/answer-table.ts'
import type { SplitAnswers } from '../../stages/answers.ts'
import { countConfusion, networkEntropies } from './count-answers.ts'

const settings = {
  thresholdNats: 0.6,
  generalistThresholdNats: 0.2,
  maxProbes: 1,
  order: 'recent-first',
  asksGeneralist: false,
} as const
const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)

describe('networkEntropies', () => {
  const table: AnswerTable = {
    entropies: new Map(['p1', 'generalist'].map((id) => [id, Float32Array.of(0, 0.5, 0.99, 1.2)])),
    answers: new Map(['p1', 'generalist'].map((id) => [id, [0, 0, 1, 0]])),
    fullAnswers: [0, 0, 0, 0],
    labels: [0, 1, 1, 1],
    codes: [],
    partitions: ['p1'],
  }

  it('counts right and wrong answers, inside and outside; what is above the most is in the last bin', () => {
    const { inside, outside, thresholdNats } = networkEntropies(
      table,
      'p1',
      { inside: [0, 1], outside: [2, 3] },
      settings,
      1,
    )
    expect([inside.right[0], sumOf(inside.right), inside.wrong[16], sumOf(inside.wrong)]).toEqual([
      1, 1, 1, 1,
    ])
    expect([outside!.right.at(-1), outside!.wrong.at(-1)]).toEqual([1, 1])
    expect(thresholdNats).toBe(0.6)
  })

  it('has no outside for the generalist, and its own threshold', () => {
    const counted = networkEntropies(table, 'generalist', { inside: [0, 1, 2, 3] }, settings, 1)
    expect(counted.outside).toBeUndefined()
    expect(counted.thresholdNats).toBe(0.2)
  })
})

it('counts answers by class', () => {
  const full = {
    count: 3,
    outputs: 2,
    logits: Float32Array.of(1, 0, 0, 1, 0, 1),
    features: new Float32Array(0),
    featureSize: 0,
  }
  const answers: SplitAnswers = {
    labels: Int32Array.of(0, 0, 1),
    full,
    networks: new Map(),
    heads: new Map(),
    mirrored: undefined,
    chosen: [],
    codes: [],
  }
  expect(countConfusion(answers, 'full', [0, 1, 2], 2).counts).toEqual([
    [1, 1],
    [0, 1],
  ])
})
