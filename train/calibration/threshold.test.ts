import { describe, expect, it } from 'vitest'
import { generalistId } from '../../core/gate/gate.ts'
import type { AnswerTable } from '../../core/gate/answer-table.ts'
import {
  cascadeAt,
  chooseAlone,
  chooseGate,
  isAhead,
  loosestShare,
  type ChosenGate,
  type GateOptions,
} from './threshold.ts'

const count = 200
const images = Array.from({ length: count }, (_, image) => image)
const all = (value: (image: number) => number): Float32Array => Float32Array.from(images, value)

/**
 * The generalist is certain of seven frames in ten, the one partition of eight, among them all that the
 * generalist is not; who is not certain is wrong.
 */
const isCertain: Readonly<Record<string, (image: number) => boolean>> = {
  [generalistId]: (image) => image % 10 < 7,
  p1: (image) => image % 10 >= 2,
}
const table: AnswerTable = {
  entropies: new Map(
    Object.entries(isCertain).map(([id, isSure]) => [id, all((image) => (isSure(image) ? 0.1 : 2))]),
  ),
  answers: new Map(
    Object.entries(isCertain).map(([id, isSure]) => [id, all((image) => Number(!isSure(image)))]),
  ),
  fullAnswers: new Uint8Array(count),
  labels: new Uint8Array(count),
  codes: images.map(() => [1]),
  partitions: ['p1'],
}
const stream = { images, table, classes: 10, device: { cacheEntries: 1, keepShare: 1 }, edgeSceneAccuracy: 1 }

/** A frame costs the networks that ran, and a miss so many more. */
const missing =
  (missCost: number): GateOptions['costOf'] =>
  ({ networksAsked, coverage }) =>
    networksAsked + (1 - coverage) * missCost

describe('isAhead', () => {
  const chosen = (accuracyOfWhole: number, networksAsked: number): ChosenGate => ({
    gate: cascadeAt(0.1),
    point: {
      thresholdNats: 0.1,
      coverage: 1,
      accuracyOnHits: accuracyOfWhole,
      accuracyOfWhole,
      fullAccuracy: 1,
      edgeSceneAccuracy: 1,
      networksAsked,
      partitionsAsked: 0,
      lossError: 0,
    },
  })
  const options = { tolerance: 0.1, costOf: missing(10) }

  it('takes what keeps the line, then what costs less, and of equals what is right more often', () => {
    expect(isAhead(chosen(0.95, 2), chosen(0.5, 1), options)).toBe(true)
    expect(isAhead(chosen(0.95, 1), chosen(0.99, 2), options)).toBe(true)
    expect(isAhead(chosen(0.99, 2), chosen(0.95, 1), options)).toBe(false)
    expect(isAhead(chosen(0.99, 1.001), chosen(0.95, 1), options)).toBe(true)
    expect(isAhead(chosen(0.95, 1), chosen(0.99, 1.001), options)).toBe(false)
    expect(isAhead(chosen(0.9505, 1), chosen(0.95, 1), options)).toBe(false)
  })
})

describe('chooseGate', () => {
  it.each([
    ['the generalist too where a miss is dear', 30, { maxProbes: 1, asksGeneralist: true }],
    [
      'the partition alone where a miss costs little more than a network',
      0.5,
      { maxProbes: 1, asksGeneralist: false },
    ],
  ])('asks %s', (_, missCost, expected) => {
    expect(
      chooseGate(stream, {
        mostProbes: 1,
        tolerance: 0,
        cascade: cascadeAt(0.5),
        scenePriors: [],
        leastBeliefs: [],
        costOf: missing(missCost),
      }).gate,
    ).toMatchObject(expected)
  })

  it('goes by the frames before where scenes last, and looks at each by itself where every frame is another scene', () => {
    // Of each class every third image is clear; of the others the generalist knows nothing, and the full
    // model no more than it has to.
    const labels = Uint8Array.from(images, (image) => image % 2)
    const isClear = (image: number): boolean => Math.floor(image / 2) % 3 === 0
    const probabilities = (sure: number): Float32Array =>
      Float32Array.from(
        images.flatMap((image) =>
          [0, 1].map((index) =>
            isClear(image)
              ? index === labels[image]
                ? 0.99
                : 0.01
              : index === labels[image]
                ? sure
                : 1 - sure,
          ),
        ),
      )
    const byNetwork = new Map([
      [generalistId, probabilities(0.5)],
      ['full', probabilities(0.9)],
    ])
    const scenic: AnswerTable = {
      entropies: new Map([[generalistId, all((image) => (isClear(image) ? 0.06 : Math.LN2))]]),
      answers: new Map([[generalistId, labels.map((label, image) => (isClear(image) ? label : 1 - label))]]),
      fullAnswers: labels,
      labels,
      codes: images.map(() => []),
      partitions: [],
      probabilitiesOf: (network) => byNetwork.get(network) ?? new Float32Array(),
    }
    const scenePriors = [{ memoryFrames: 20, surpriseChance: 0.05 }]
    const options = {
      mostProbes: 0,
      tolerance: 0.01,
      cascade: cascadeAt(0.5),
      scenePriors,
      leastBeliefs: [],
      costOf: missing(20),
    }
    const ofClass = (label: number): number[] => images.filter((image) => labels[image] === label)
    const base = {
      table: scenic,
      classes: 2,
      device: { cacheEntries: 0, keepShare: 1 },
      edgeSceneAccuracy: 1,
    }
    const lasting = chooseGate({ ...base, images: [...ofClass(0), ...ofClass(1)] }, options)
    expect(lasting.gate.scenePrior).toEqual(scenePriors[0])
    expect(lasting.point.coverage).toBeGreaterThan(0.7)
    const alternating = chooseGate({ ...base, images }, options)
    expect(alternating.gate.scenePrior).toBeUndefined()
    expect(alternating.point.coverage).toBeCloseTo(1 / 3, 1)
  })

  it('lets the generalist look twice where that spares misses, and not where a miss costs less than a look', () => {
    // The second look is certain of all but one in ten.
    const seen = all((image) => (image % 10 < 9 ? 0.1 : 2))
    const sharper: AnswerTable = {
      ...table,
      secondLook: { entropies: seen, answers: seen.map((nats) => Number(nats > 1)) },
    }
    const alone = { ...stream, table: sharper, device: { cacheEntries: 0, keepShare: 1 } }
    const dear = chooseAlone(alone, [undefined], { tolerance: 0, costOf: missing(20) })
    expect(dear?.gate.looksTwice).toBe(true)
    expect(dear?.point).toMatchObject({ coverage: 0.9, networksAsked: 1.3 })
    expect(
      chooseAlone(alone, [undefined], { tolerance: 0, costOf: missing(1) })?.gate.looksTwice,
    ).toBeUndefined()
    expect(
      chooseAlone({ ...alone, table }, [undefined], { tolerance: 0, costOf: missing(20) })?.gate.looksTwice,
    ).toBeUndefined()
  })

  it('answers nothing on the device where that is wrong more often than right, even if the full model is no better', () => {
    // Forty classes, everybody guesses; the generalist is certain of it all the same.
    const guess = all((image) => (image * 7 + 1) % 40)
    const labels = Uint8Array.from(images, (image) => image % 40)
    const useless: AnswerTable = {
      entropies: new Map(['p1', generalistId].map((id) => [id, all((image) => 0.05 + (image % 10) / 100)])),
      answers: new Map(['p1', generalistId].map((id) => [id, guess])),
      fullAnswers: guess,
      labels,
      codes: images.map(() => [1]),
      partitions: ['p1'],
    }
    const blind = {
      ...stream,
      table: useless,
      classes: 40,
      edgeSceneAccuracy: guess.filter((answer, image) => answer === labels[image]).length / count,
    }
    const options = {
      mostProbes: 1,
      tolerance: 0.01,
      cascade: cascadeAt(0),
      scenePriors: [],
      leastBeliefs: [],
      costOf: missing(20),
    }
    expect(chooseGate(blind, options).point.coverage).toBe(0)
    expect(
      chooseAlone({ ...blind, device: { cacheEntries: 0, keepShare: 1 } }, [undefined], options)?.point
        .coverage,
    ).toBe(0)
  })

  it('has no threshold at which everything passes, however right the generalist is', () => {
    const right: AnswerTable = {
      ...table,
      answers: new Map([[generalistId, new Uint8Array(count)]]),
      entropies: new Map([[generalistId, all((image) => (image % 2 === 0 ? 0.1 : 2.2))]]),
    }
    const found = chooseAlone({ ...stream, table: right }, [undefined], { tolerance: 1, costOf: missing(20) })
    expect(found?.point.coverage).toBe(0.5)
    expect(found?.gate.generalistThresholdNats).toBeLessThanOrEqual(loosestShare * Math.log(10))
  })
})
