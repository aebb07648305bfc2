import { describe, expect, it } from 'vitest'
import type { AnswerTable } from '../../core/gate/answer-table.ts'
import { asDeltas } from './as-deltas.ts'

const byNetwork = <Value>(values: Record<string, Value>): ReadonlyMap<string, Value> =>
  new Map(Object.entries(values))

const table: AnswerTable = {
  entropies: byNetwork({
    generalist: Float32Array.of(1),
    p1: Float32Array.of(2),
    'p1-delta': Float32Array.of(3),
    p2: Float32Array.of(4),
  }),
  answers: byNetwork({ generalist: [0], p1: [1], 'p1-delta': [2], p2: [3] }),
  fullAnswers: [0],
  labels: [0],
  codes: [[1, 0]],
  partitions: ['p1', 'p2'],
  probabilitiesOf: (network) => Float32Array.of(network === 'p1-delta' ? 1 : 0),
}

describe('asDeltas', () => {
  it('lets a delta answer for its partition, and leaves networks alone that have none', () => {
    const { entropies, answers, probabilitiesOf, strange } = asDeltas(table)
    expect(['generalist', 'p1', 'p2'].map((id) => entropies.get(id)![0])).toEqual([1, 3, 4])
    expect(['generalist', 'p1', 'p2'].map((id) => answers.get(id)![0])).toEqual([0, 2, 3])
    expect(['p1', 'p2'].map((id) => probabilitiesOf!(id)[0])).toEqual([1, 0])
    expect(strange).toBeUndefined()
  })
})
