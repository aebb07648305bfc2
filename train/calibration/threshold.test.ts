import { describe, expect, it } from 'vitest'
import { generalistId } from '../../core/gate/gate.ts'
import type { AnswerTable } from '../../core/gate/simulate-stream.ts'
import { chooseGate, frameCost } from './threshold.ts'

const count = 200
const images = Array.from({ length: count }, (_, image) => image)
const all = (value: (image: number) => number): Float32Array => Float32Array.from(images, value)

/** The generalist is certain of seven frames in ten, the one partition of eight, among them all that the generalist is not; who is not certain is wrong. */
const isCertain: Readonly<Record<string, (image: number) => boolean>> = { [generalistId]: (image) => image % 10 < 7, p1: (image) => image % 10 >= 2 }
const table: AnswerTable = {
  entropies: new Map(Object.entries(isCertain).map(([id, isSure]) => [id, all((image) => (isSure(image) ? 0.1 : 2))])),
  answers: new Map(Object.entries(isCertain).map(([id, isSure]) => [id, all((image) => Number(!isSure(image)))])),
  fullAnswers: new Uint8Array(count),
  labels: new Uint8Array(count),
  codes: images.map(() => [1]),
  partitions: ['p1'],
}
const stream = { images, table, classes: 10, device: { cacheEntries: 1, keepShare: 1 } }

describe('chooseGate', () => {
  it.each([
    ['the generalist too where a miss is dear', 30, { maxProbes: 1, asksGeneralist: true }],
    ['the partition alone where a miss costs little more than a network', 0.5, { maxProbes: 1, asksGeneralist: false }],
  ])('asks %s', (_, missCost, expected) => {
    expect(chooseGate(stream, { mostProbes: 1, tolerance: 0, cascadeNats: 0.5, scenePriors: [], missCost }).gate).toMatchObject(expected)
  })

  it('counts the networks that ran and the misses', () => {
    expect(frameCost({ networksAsked: 1.2, coverage: 0.9 }, 20)).toBeCloseTo(3.2)
  })
})
