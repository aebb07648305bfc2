import { describe, expect, it } from 'vitest'
import { convolutionExtent } from './convolution-extent.ts'

const layer = { kernelSize: 3, stride: 1, padding: 'same', filters: 8 } as const

describe('convolutionExtent', () => {
  it('keeps the size with stride 1, and pads alike at all sides', () => {
    expect(convolutionExtent(layer, { height: 5, width: 6 })).toEqual({
      out: { height: 5, width: 6, channels: 8 },
      ...{ top: 1, bottom: 1, left: 1, right: 1 },
    })
  })

  it('pads the larger half after, where it is odd', () => {
    expect(convolutionExtent({ ...layer, stride: 2 }, { height: 8, width: 7 })).toEqual({
      out: { height: 4, width: 4, channels: 8 },
      ...{ top: 0, bottom: 1, left: 1, right: 1 },
    })
  })

  it('pads nothing where the stride is larger than the kernel', () => {
    const { top, bottom, left, right } = convolutionExtent(
      { ...layer, kernelSize: 1, stride: 2 },
      { height: 8, width: 8 },
    )
    expect([top, bottom, left, right]).toEqual([0, 0, 0, 0])
  })

  it('takes only what the kernel covers where it is valid', () => {
    expect(convolutionExtent({ ...layer, padding: 'valid', stride: 2 }, { height: 8, width: 9 })).toEqual({
      out: { height: 3, width: 4, channels: 8 },
      ...{ top: 0, bottom: 0, left: 0, right: 0 },
    })
  })
})
