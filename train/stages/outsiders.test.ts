import { describe, expect, it } from 'vitest'
import { defaults } from '../config/defaults.ts'
import { allocateSplit, splitCount, type Dataset } from '../data/dataset.ts'
import { outsidersOf, trainingStrangers } from './outsiders.ts'

const split = allocateSplit(100, 16)
const dataset: Dataset = {
  kind: 'folder',
  description: '',
  classNames: ['a', 'b'],
  digest: '',
  size: 16,
  train: split,
  validation: split,
  test: split,
}
const others = [3, 4, 5, 6]
const loss = { ...defaults.partition.loss, outsideShare: 0.4 }
const shareOfDrawn = (indices: ArrayLike<number>): number =>
  Array.from(indices).filter((index) => index >= 100).length / indices.length

describe('outsidersOf', () => {
  it('shows other classes alone where no drawn pictures are asked for, or nothing from outside', () => {
    expect(outsidersOf({ dataset }, others, { ...loss, strangerShare: 0 })).toBe(others)
    expect(outsidersOf({ dataset }, [], { ...loss, outsideShare: 0, strangerShare: 1 })).toHaveLength(0)
  })

  it('shows drawn pictures in the share that is asked for, each as often as the others', () => {
    const indices = Array.from(outsidersOf({ dataset }, others, { ...loss, strangerShare: 0.25 }))
    expect(shareOfDrawn(indices)).toBeCloseTo(0.25, 2)
    const drawn = splitCount(trainingStrangers({ dataset }))
    const times = new Map<number, number>()
    for (const index of indices) times.set(index, (times.get(index) ?? 0) + 1)
    const counts = (from: readonly number[]): number[] => from.map((index) => times.get(index) ?? 0)
    const ofDrawn = counts(Array.from({ length: drawn }, (_, index) => 100 + index))
    expect(Math.max(...ofDrawn) - Math.min(...ofDrawn)).toBeLessThanOrEqual(1)
    const ofOthers = counts(others)
    expect(Math.max(...ofOthers) - Math.min(...ofOthers)).toBeLessThanOrEqual(1)
    expect(Math.max(...indices)).toBe(100 + drawn - 1)
  })

  it('shows a network of all classes nothing but drawn pictures, whatever their share', () => {
    for (const strangerShare of [0.3, 1])
      expect(shareOfDrawn(outsidersOf({ dataset }, [], { ...loss, strangerShare }))).toBe(1)
  })
})
