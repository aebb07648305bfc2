import { describe, expect, it } from 'vitest'
import { selectPartition } from './select-partition.ts'

describe('selectPartition', () => {
  it('takes what the code gives most to', () => {
    expect(selectPartition([0.1, 0.6, 0.3], [], 0.5)).toBe(1)
    expect(selectPartition([0.1, 0.6, 0.3], [0], 0.5)).toBe(1)
    expect(selectPartition([0.1, 0.6, 0.3], [2, 0], 1)).toBe(1)
  })

  it('keeps a held partition that is nearly as good, the most recent first', () => {
    expect(selectPartition([0.1, 0.6, 0.3], [2, 1], 0.5)).toBe(2)
    expect(selectPartition([0.1, 0.6, 0.3], [1, 2], 0.5)).toBe(1)
  })

  it('knows nothing of held partitions that the code has not', () => {
    expect(selectPartition([0.4, 0.6], [7, -1], 0.5)).toBe(1)
  })
})
