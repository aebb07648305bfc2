import { describe, expect, it } from 'vitest'
import { strangerLabel, type AnswerTable } from './answer-table.ts'
import { edgeSceneAccuracy } from './simulate-edge-scene.ts'
import { simulateStream } from './simulate-stream.ts'

/**
 * Images 0–1 belong to partition a, 2–3 to b; each partition is certain and right at home, uncertain and
 * wrong abroad.
 */
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
  codes: [
    [0.9, 0.1],
    [0.6, 0.4],
    [0.1, 0.9],
    [0.2, 0.8],
  ],
  partitions: ['a', 'b'],
}
const gate = {
  thresholdNats: 0.5,
  generalistThresholdNats: 0.5,
  maxProbes: 1,
  order: 'recent-first',
  asksGeneralist: false,
} as const
const keeping = (cacheEntries: number, keepShare = 1) => ({ cacheEntries, keepShare })

describe('simulateStream', () => {
  it('misses once a scene and hits for the rest of it', () => {
    const { coverage, accuracy, fullAccuracy, switchRate, downloadRate } = simulateStream(
      [0, 1, 0, 1, 2, 3, 2, 3, 0, 1],
      table,
      gate,
      keeping(1),
    )
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
    // miss to a, hit again, hit of another class, miss to b, hit again; the first has nothing before it and
    // counts for all alike.
    const { events } = simulateStream([0, 0, 1, 2, 2], table, gate, keeping(1))
    expect(events).toEqual(
      [2, 0, 1, 0, 0, 0, 1 / 3, 1 / 3, 4 / 3].map((count) => expect.closeTo(count / 5, 9) as number),
    )
    expect(simulateStream([0, 1, 0, 1], table, gate, keeping(1)).events[1]).toBe(0.5)
  })

  it('counts the networks that ran', () => {
    expect(simulateStream([0, 1, 0, 1], table, gate, keeping(1)).networksAsked).toBe(1)
    expect(simulateStream([0, 2, 0, 2], table, { ...gate, maxProbes: 2 }, keeping(2)).networksAsked).toBe(1.5)
  })

  it('lets the generalist look twice: another run, and an answer of its own', () => {
    const twice: AnswerTable = {
      ...table,
      secondLook: { entropies: Float32Array.from([0.3, 0.9, 0.3, 0.1]), answers: [0, 1, 2, 0] },
    }
    const { coverage, accuracyOnHits, networksAsked } = simulateStream(
      [0, 1, 2, 3],
      twice,
      { ...gate, maxProbes: 0, asksGeneralist: true, looksTwice: true },
      keeping(0),
    )
    // Image 3 at first sight, and wrong; 0 and 2 at second sight; 1 not at all.
    expect([coverage, networksAsked]).toEqual([0.75, 1.75])
    expect(accuracyOnHits).toBeCloseTo(2 / 3)
  })

  it('fetches no partition while the gate asks none', () => {
    const { switchRate, downloadRate, coverage } = simulateStream(
      [0, 1, 2, 3],
      table,
      { ...gate, maxProbes: 0, asksGeneralist: true },
      keeping(2),
    )
    expect([coverage, switchRate, downloadRate]).toEqual([0.25, 0, 0])
  })

  it('goes by what the frames before showed, on the device and for what the edge answers', () => {
    const scenePrior = { memoryFrames: 20, surpriseChance: 0.05 }
    const alone = {
      ...gate,
      thresholdNats: 0.4,
      generalistThresholdNats: 0.4,
      asksGeneralist: true,
      maxProbes: 0,
    }
    // Two classes; image 0 is clearly of class 0, image 1 of class 0 too and the generalist in doubt, image 2
    // the same for the full model.
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
    const scenes = {
      surpriseChance: 0.02,
      localities: [{ kind: 'single' as const, meanLength: 100 }],
      places: [],
    }
    const knowing = { ...alone, scenePrior: { ...scenePrior, knowsScenes: true } }
    expect(simulateStream([0, 0, 1], doubtful, knowing, keeping(0)).coverage).toBeCloseTo(2 / 3)
    expect(simulateStream([0, 0, 1], doubtful, knowing, { ...keeping(0), scenes }).coverage).toBe(1)
    // So strict that everything is sent: the full model's answers are under the prior too.
    const sent = simulateStream(
      images,
      doubtful,
      { ...alone, thresholdNats: 0, generalistThresholdNats: 0, scenePrior },
      keeping(0),
    )
    expect([sent.coverage, sent.accuracy]).toEqual([0, 1])
  })

  it('refuses a scene prior where the table has no probabilities', () => {
    expect(() =>
      simulateStream(
        [0],
        table,
        { ...gate, scenePrior: { memoryFrames: 5, surpriseChance: 0.1 } },
        keeping(0),
      ),
    ).toThrow(RangeError)
  })

  it('is the plain Cascade with no cache: only the generalist answers, right or wrong', () => {
    const { coverage, accuracy, accuracyOnHits } = simulateStream([0, 1, 2, 3], table, gate, keeping(0))
    expect([coverage, accuracy, accuracyOnHits]).toEqual([0.25, 0.75, 0])
  })
})

describe('a stream whose scene decides which partition is asked', () => {
  // Four classes, two places; each partition knows the classes of one place and is right there; the
  // generalist is right, and certain of nothing.
  const heads = new Map([
    ['a', { classIndices: [0, 1], prior: [0.3, 0.3, 0.4] }],
    ['b', { classIndices: [2, 3], prior: [0.3, 0.3, 0.4] }],
  ])
  const labels = [0, 1, 2, 3, strangerLabel]
  const oneHot = (label: number, sure: number): number[] =>
    [0, 1, 2, 3].map((index) => (index === label ? sure : (1 - sure) / 3))
  const ofHead = (classIndices: readonly number[], label: number): number[] => {
    const output = classIndices.indexOf(label)
    return [0, 1, 2].map((index) => (index === (output < 0 ? 2 : output) ? 0.96 : 0.02))
  }
  const outputs = new Map<string, number[]>([
    ['generalist', labels.flatMap((label) => oneHot(label, 0.7))],
    ['full', labels.flatMap((label) => oneHot(label, 0.97))],
    ['a', labels.flatMap((label) => ofHead([0, 1], label))],
    ['b', labels.flatMap((label) => ofHead([2, 3], label))],
  ])
  const told: AnswerTable = {
    entropies: new Map(['a', 'b', 'generalist'].map((id) => [id, new Float32Array(5).fill(0.5)])),
    answers: new Map([
      ['a', [0, 1, 0, 0, 0]],
      ['b', [2, 2, 2, 3, 2]],
      ['generalist', [0, 1, 2, 3, 0]],
    ]),
    strange: new Map([
      ['a', [0, 0, 1, 1, 1]],
      ['b', [1, 1, 0, 0, 1]],
      ['generalist', [0, 0, 0, 0, 1]],
      ['full', [0, 0, 0, 0, 1]],
    ]),
    fullAnswers: [0, 1, 2, 3, 0],
    labels,
    codes: labels.map(() => [0.5, 0.5]),
    partitions: ['a', 'b'],
    heads,
    probabilitiesOf: (id) => Float32Array.from(outputs.get(id) ?? []),
  }
  const scenes = {
    surpriseChance: 0.02,
    localities: [{ kind: 'places' as const, meanLength: 50 }],
    places: [
      { name: 'harbour', weight: 1, shares: [0.5, 0.5, 0, 0] },
      { name: 'farm', weight: 1, shares: [0, 0, 0.5, 0.5] },
    ],
  }
  const byScene = {
    ...gate,
    thresholdNats: 0.5,
    generalistThresholdNats: 0.05,
    leastBelief: 0.7,
    scenePrior: { memoryFrames: 20, surpriseChance: 0.05, knowsScenes: true },
  }
  const device = { cacheEntries: 2, keepShare: 1, scenes }
  const stay = (from: number, frames: number): number[] =>
    Array.from({ length: frames }, (_, frame) => from + (frame % 2))

  it('has the partition of a place answer as long as the place lasts, and asks for the other one when it ends', () => {
    const { accuracy, coverage, switchRate, partitionHitShare, downloadRate } = simulateStream(
      [...stay(0, 40), ...stay(2, 40), ...stay(0, 40)],
      told,
      byScene,
      device,
    )
    expect(accuracy).toBe(1)
    expect(coverage).toBeGreaterThan(0.85)
    expect(partitionHitShare).toBe(1)
    expect(switchRate * 120).toBe(3)
    // The first one is still there when its place comes back.
    expect(downloadRate * 120).toBe(2)
  })

  it('is certain of no stranger, whatever the scene makes likely', () => {
    const { strangersCertain, strangersOnDevice, accuracy } = simulateStream(
      [...stay(0, 20), 4, 4, ...stay(0, 20)],
      told,
      byScene,
      device,
    )
    expect([strangersCertain, strangersOnDevice, accuracy]).toEqual([0, 0, 1])
    const blind = simulateStream(
      [...stay(0, 20), 4, ...stay(0, 20)],
      {
        ...told,
        strange: undefined,
        probabilitiesOf: (id) =>
          Float32Array.from(
            (outputs.get(id) ?? []).map((value, index, all) =>
              index >= (all.length * 4) / 5 ? (all[index - (all.length * 4) / 5] ?? 0) : value,
            ),
          ),
      },
      byScene,
      device,
    )
    expect(blind.strangersOnDevice).toBe(1)
  })

  it('has the edge look now and then, however certain the device is', () => {
    const untested = simulateStream(stay(0, 101), told, byScene, device)
    const tested = simulateStream(stay(0, 101), told, { ...byScene, testEvery: 10 }, device)
    expect(untested.coverage).toBeGreaterThan(0.95)
    expect(tested.coverage).toBeLessThan(0.93)
    expect(tested.coverage).toBeGreaterThan(0.85)
  })

  it('holds the whole against a full model that knows the scene too', () => {
    const vague: AnswerTable = {
      ...told,
      fullAnswers: [2, 1, 2, 3, 0],
      probabilitiesOf: (id) =>
        Float32Array.from(
          id === 'full'
            ? [0.4, 0.02, 0.56, 0.02, ...(outputs.get('full') ?? []).slice(4)]
            : (outputs.get(id) ?? []),
        ),
    }
    const images = stay(0, 40)
    expect(edgeSceneAccuracy(images, vague, undefined, scenes)).toBe(0.5)
    expect(edgeSceneAccuracy(images, vague, byScene.scenePrior, scenes)).toBeGreaterThan(0.9)
  })
})
