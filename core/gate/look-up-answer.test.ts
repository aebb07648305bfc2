import { describe, expect, it } from 'vitest'
import { fullId, type AnswerTable } from './answer-table.ts'
import { classCount, lookUpAnswer } from './look-up-answer.ts'
import { firstLook } from './look.ts'

/** Two images of three classes; the partition knows class 2 alone, and is strange to the second image. */
const table: AnswerTable = {
  entropies: new Map([['p1', Float32Array.of(0.25, 0.5)]]),
  answers: new Map([['p1', [2, 2]]]),
  strange: new Map([['p1', [0, 1]]]),
  fullAnswers: [1, 2],
  labels: [1, 2],
  codes: [[1], [1]],
  partitions: ['p1'],
  heads: new Map([['p1', { classIndices: [2], prior: [0.5, 0.5] }]]),
  probabilitiesOf: (network) =>
    network === fullId ? Float32Array.of(0.25, 0.5, 0.25, 0, 0, 1) : Float32Array.of(0.25, 0.75, 1, 0),
  secondLook: { entropies: Float32Array.of(0.125, 0.125), answers: [0, 0] },
}
const even = new Float32Array(3).fill(1)

describe('lookUpAnswer', () => {
  it('finds what stands in the table where the scene has no say', () => {
    expect(lookUpAnswer(table, firstLook('p1'), 1, undefined)).toEqual({
      network: 'p1',
      entropyNats: 0.5,
      isStrange: true,
      classIndex: 2,
      probabilities: [],
    })
    expect(lookUpAnswer(table, firstLook(fullId), 0, undefined).classIndex).toBe(1)
  })

  it('finds the second look', () => {
    const { entropyNats, classIndex } = lookUpAnswer(table, { network: 'p1', isSecond: true }, 1, undefined)
    expect([entropyNats, classIndex]).toEqual([0.125, 0])
  })

  it('has no answer of a partition that says something else', () => {
    expect(lookUpAnswer(table, firstLook('p1'), 0, even).entropyNats).toBe(Infinity)
    expect(lookUpAnswer(table, firstLook('p1'), 1, even)).toMatchObject({ entropyNats: 0, classIndex: 2 })
  })

  it('is under what the scene makes of each class', () => {
    expect(classCount(table)).toBe(3)
    expect(lookUpAnswer(table, firstLook(fullId), 0, Float32Array.of(0, 0, 3))).toMatchObject({
      entropyNats: 0,
      classIndex: 2,
    })
  })

  it('refuses a scene where the table has no probabilities', () => {
    const { probabilitiesOf: _, ...without } = table
    expect(() => lookUpAnswer(without, firstLook('p1'), 0, even)).toThrow(RangeError)
  })
})
