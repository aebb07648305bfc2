import { describe, expect, it } from 'vitest'
import { simulateStream, type AnswerTable } from './simulate-stream.ts'

/** Images 0–1 belong to partition a, 2–3 to b; each partition is certain and right at home, uncertain and wrong abroad. */
const table: AnswerTable = {
  entropies: new Map([
    ['a', Float32Array.from([0.1, 0.1, 1, 1])],
    ['b', Float32Array.from([1, 1, 0.1, 0.1])],
    ['generalist', Float32Array.from([0.6, 0.6, 0.6, 0.2])],
  ]),
  answers: new Map([
    ['a', [0, 1, 0, 0]],
    ['b', [3, 3, 2, 3]],
    ['generalist', [0, 1, 0, 0]],
  ]),
  fullAnswers: [0, 1, 2, 0],
  labels: [0, 1, 2, 3],
  codes: [[0.9, 0.1], [0.6, 0.4], [0.1, 0.9], [0.2, 0.8]],
  partitions: ['a', 'b'],
}
const gate = { thresholdNats: 0.5, generalistThresholdNats: 0.5, maxProbes: 1, order: 'recent-first', asksGeneralist: false } as const
const keeping = (cacheEntries: number, keepShare = 1) => ({ cacheEntries, keepShare })

describe('simulateStream', () => {
  it('misses once a scene and hits for the rest of it', () => {
    const { coverage, accuracy, fullAccuracy, switchRate, downloadRate } = simulateStream([0, 1, 0, 1, 2, 3, 2, 3, 0, 1], table, gate, keeping(1))
    expect(coverage).toBe(0.7)
    expect(accuracy).toBe(1)
    expect(fullAccuracy).toBe(0.8)
    expect([switchRate, downloadRate]).toEqual([0.3, 0.3])
  })

  it('comes back to a cached partition without a download', () => {
    const { downloadRate, switchRate } = simulateStream([0, 2, 0, 2], table, gate, keeping(2))
    expect([switchRate, downloadRate]).toEqual([1, 0.5])
  })

  it('asks further partitions before it misses, as far as it may', () => {
    expect(simulateStream([0, 2, 0, 2], table, { ...gate, maxProbes: 2 }, keeping(2)).coverage).toBe(0.5)
  })

  it('counts what an adaptive gate would see: hits, misses and changes, each by how recent the answer is', () => {
    // miss to a, hit again, hit of another class, miss to b, hit again; the first has nothing before it and counts for all alike.
    const { events } = simulateStream([0, 0, 1, 2, 2], table, gate, keeping(1))
    expect(events).toEqual([2, 0, 1, 0, 0, 0, 1 / 3, 1 / 3, 4 / 3].map((count) => expect.closeTo(count / 5, 9) as number))
    expect(simulateStream([0, 1, 0, 1], table, gate, keeping(1)).events[1]).toBe(0.5)
  })

  it('counts the networks that ran', () => {
    expect(simulateStream([0, 1, 0, 1], table, gate, keeping(1)).networksAsked).toBe(1)
    expect(simulateStream([0, 2, 0, 2], table, { ...gate, maxProbes: 2 }, keeping(2)).networksAsked).toBe(1.5)
  })

  it('lets the generalist look twice: another run, and an answer of its own', () => {
    const twice: AnswerTable = {
      ...table,
      entropies: new Map([...table.entropies, ['generalist-second-look', Float32Array.from([0.3, 0.9, 0.3, 0.1])]]),
      answers: new Map([...table.answers, ['generalist-second-look', [0, 1, 2, 0]]]),
    }
    const { coverage, accuracyOnHits, networksAsked } = simulateStream([0, 1, 2, 3], twice, { ...gate, maxProbes: 0, asksGeneralist: true, looksTwice: true }, keeping(0))
    // Image 3 at first sight, and wrong; 0 and 2 at second sight; 1 not at all.
    expect([coverage, networksAsked]).toEqual([0.75, 1.75])
    expect(accuracyOnHits).toBeCloseTo(2 / 3)
  })

  it('fetches no partition while the gate asks none', () => {
    const { switchRate, downloadRate, coverage } = simulateStream([0, 1, 2, 3], table, { ...gate, maxProbes: 0, asksGeneralist: true }, keeping(2))
    expect([coverage, switchRate, downloadRate]).toEqual([0.25, 0, 0])
  })

  it('goes by what the frames before showed, on the device and for what the edge answers', () => {
    const scenePrior = { memoryFrames: 20, surpriseChance: 0.05 }
    const alone = { ...gate, thresholdNats: 0.4, generalistThresholdNats: 0.4, asksGeneralist: true, maxProbes: 0 }
    // Two classes; image 0 is clearly of class 0, image 1 of class 0 too and the generalist in doubt, image 2 the same for the full model.
    const probabilities = new Map([
      ['generalist', Float32Array.from([0.99, 0.01, 0.5, 0.5, 0.5, 0.5])],
      ['full', Float32Array.from([0.99, 0.01, 0.4, 0.6, 0.4, 0.6])],
    ])
    const doubtful: AnswerTable = {
      entropies: new Map([['generalist', Float32Array.from([0.06, 0.69, 0.69])]]),
      answers: new Map([['generalist', [0, 0, 0]]]),
      fullAnswers: [0, 1, 1],
      labels: [0, 0, 0],
      codes: [[], [], []],
      partitions: [],
      probabilitiesOf: (network) => probabilities.get(network) ?? new Float32Array(),
    }
    const images = [0, 0, 0, 0, 0, 1, 2]
    const without = simulateStream(images, doubtful, alone, keeping(0))
    const withPrior = simulateStream(images, doubtful, { ...alone, scenePrior }, keeping(0))
    expect([without.coverage, without.accuracy]).toEqual([5 / 7, 5 / 7])
    expect([withPrior.coverage, withPrior.accuracy, withPrior.fullAccuracy]).toEqual([1, 1, 5 / 7])
    // A scene that is known is known again sooner than one that has to be counted.
    const scenes = { surpriseChance: 0.02, localities: [{ kind: 'single' as const, meanLength: 100 }], places: [] }
    const knowing = { ...alone, scenePrior: { ...scenePrior, knowsScenes: true } }
    expect(simulateStream([0, 0, 1], doubtful, knowing, keeping(0)).coverage).toBeCloseTo(2 / 3)
    expect(simulateStream([0, 0, 1], doubtful, knowing, { ...keeping(0), scenes }).coverage).toBe(1)
    // So strict that everything is sent: the full model's answers are under the prior too.
    const sent = simulateStream(images, doubtful, { ...alone, thresholdNats: 0, generalistThresholdNats: 0, scenePrior }, keeping(0))
    expect([sent.coverage, sent.accuracy]).toEqual([0, 1])
  })

  it('refuses a scene prior where the table has no probabilities', () => {
    expect(() => simulateStream([0], table, { ...gate, scenePrior: { memoryFrames: 5, surpriseChance: 0.1 } }, keeping(0))).toThrow(RangeError)
  })

  it('is the plain Cascade with no cache: only the generalist answers, right or wrong', () => {
    const { coverage, accuracy, accuracyOnHits } = simulateStream([0, 1, 2, 3], table, gate, keeping(0))
    expect([coverage, accuracy, accuracyOnHits]).toEqual([0.25, 0.75, 0])
  })
})
