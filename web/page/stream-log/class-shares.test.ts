import { describe, expect, it } from 'vitest'
import { createSampleBundle } from '../../../core/testing/sample-bundle.ts'
import { classShares } from './class-shares.ts'

const { manifest } = await createSampleBundle({ partitions: 2 })
const shares = (classByPartition: unknown) => classShares({ ...manifest, metrics: { classByPartition } })

describe('classShares', () => {
  it('turns counts into shares of each class', () => {
    expect(
      shares([
        [3, 1],
        [0, 4],
        [0, 0],
        [1, 1],
      ]),
    ).toEqual([
      [0.75, 0.25],
      [0, 1],
      [0, 0],
      [0.5, 0.5],
    ])
  })

  it('shows nothing where a bundle has no counts, or none that fit', () => {
    for (const counts of [
      undefined,
      'x',
      [[1, 2]],
      [[1], [1], [1], [1]],
      [
        [1, 'x'],
        [1, 2],
        [1, 2],
        [1, 2],
      ],
      [
        [1, -1],
        [1, 2],
        [1, 2],
        [1, 2],
      ],
    ])
      expect(shares(counts)).toBeUndefined()
  })
})
