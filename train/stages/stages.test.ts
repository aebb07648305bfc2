import { describe, expect, it } from 'vitest'
import { predictiveEntropy, softmax } from '../../core/gate/entropy.ts'
import { createRandom } from '../../core/random.ts'
import type { Predictions } from '../models/predict.ts'
import { fitTemperature } from '../calibration/temperature.ts'
import { chooseThreshold } from '../calibration/threshold.ts'

describe('fitTemperature', () => {
  it('finds the temperature that over-confident logits were made with', () => {
    const random = createRandom(2)
    const count = 4000
    const logits = new Float32Array(count * 3)
    const labels = new Int32Array(count)
    for (let image = 0; image < count; image++) {
      const honest = [random.normal(), random.normal(), random.normal()]
      const probabilities = softmax(honest)
      const draw = random.next()
      labels[image] = draw < probabilities[0]! ? 0 : draw < probabilities[0]! + probabilities[1]! ? 1 : 2
      logits.set(
        honest.map((value) => value * 2.5),
        image * 3,
      )
    }
    const predictions: Predictions = {
      count,
      logits,
      outputs: 3,
      features: new Float32Array(0),
      featureSize: 0,
    }
    const images = Array.from({ length: count }, (_, image) => image)
    expect(fitTemperature(predictions, labels, images)).toBeCloseTo(2.5, 0)
    expect(predictiveEntropy(softmax(logits.subarray(0, 3), 2.5))).toBeGreaterThan(
      predictiveEntropy(softmax(logits.subarray(0, 3))),
    )
  })
})

describe('chooseThreshold', () => {
  const point = (
    thresholdNats: number,
    coverage: number,
    accuracyOfWhole: number,
    lossError = 0,
  ): Parameters<typeof chooseThreshold>[0][number] => ({
    thresholdNats,
    coverage,
    accuracyOfWhole,
    accuracyOnHits: 0.9,
    fullAccuracy: 0.85,
    edgeSceneAccuracy: 0.9,
    networksAsked: 1,
    partitionsAsked: 0,
    lossError,
  })

  it('takes the largest coverage that loses no more than the tolerance', () => {
    const curve = [point(0, 0, 0.9), point(0.2, 0.5, 0.899), point(0.4, 0.8, 0.895), point(0.6, 0.95, 0.88)]
    expect(chooseThreshold(curve, 0.005).thresholdNats).toBe(0.4)
    expect(chooseThreshold(curve, 0.001).thresholdNats).toBe(0.2)
  })

  it('leaves room for the error of what is lost', () => {
    const curve = [point(0, 0, 0.9), point(0.2, 0.5, 0.898, 0.002), point(0.4, 0.8, 0.896, 0.004)]
    expect(chooseThreshold(curve, 0.005).thresholdNats).toBe(0.2)
  })
})
