import { describe, expect, it } from 'vitest'
import { planNetwork } from '../../core/network/plan.ts'
import type { NetworkSpec } from '../../core/network/spec.ts'
import { parameterLayout } from './architecture.ts'
import { inferenceSpec } from './fold.ts'
import { separableDefaults, type SeparableArchitecture } from './separable.ts'
import { isSameSize, partitionSize, sizedArchitecture } from './sized-architecture.ts'
import { defaults } from '../config/defaults.ts'

const network = (change: Partial<SeparableArchitecture> = {}): NetworkSpec =>
  inferenceSpec({ family: 'separable', size: 32, width: 1, depth: 2, classes: 10, ...change })

/** [height, width] of the last image. */
const lastImage = (spec: NetworkSpec): readonly number[] | undefined =>
  planNetwork(spec)
    .shapes.filter(({ length }) => length === 3)
    .at(-1)
    ?.slice(0, 2)

describe('a separable network', () => {
  it.each([
    [32, 4],
    [48, 3],
    [64, 4],
    [96, 3],
    [128, 4],
  ])('of %i pixels ends in an image of %i, whatever its size', (size, last) => {
    for (const width of [0.25, 1, 2])
      for (const depth of [1, 2, 3]) expect(lastImage(network({ size, width, depth }))).toEqual([last, last])
  })

  it('has inverted residuals: wide inside, narrow and without ReLU at their ends', () => {
    const { layers } = network()
    const blocks = layers.flatMap((layer) => (layer.kind === 'residual' ? [layer.layers] : []))
    // One a stage: of two blocks the first changes size or channels.
    expect(blocks).toHaveLength(4)
    expect(blocks.map((steps) => steps.map(({ kind }) => kind))).toEqual([
      ['depthwise', 'conv'],
      ...[1, 2, 3].map(() => ['conv', 'depthwise', 'conv']),
    ])
    expect(blocks.map((steps) => steps.map(({ activation }) => activation).at(-1))).toEqual(
      blocks.map(() => 'linear'),
    )
    expect(network({ depth: 1 }).layers.some(({ kind }) => kind === 'residual')).toBe(false)
  })

  it('costs more with every block and with more width', () => {
    const cost = (change: Partial<SeparableArchitecture>): number => planNetwork(network(change)).megaMacs
    expect(cost({ depth: 3 })).toBeGreaterThan(cost({ depth: 2 }))
    expect(cost({ width: 1.5 })).toBeGreaterThan(1.5 * cost({ width: 1 }))
  })

  it('has as many layers at its largest as a manifest may have', () => {
    const largest: SeparableArchitecture = {
      family: 'separable',
      size: 256,
      width: 4,
      depth: 5,
      classes: 100,
    }
    expect(planNetwork(inferenceSpec(largest)).outputShape).toEqual([100])
    expect(parameterLayout(largest).parameters.at(-1)?.name).toBe('head/bias')
  })
})

describe('the size of a network', () => {
  const data = { size: 32, classes: 10 }
  const { generalist, partition } = defaults

  it('is of the plain family where nothing is said, and has defaults where that is all that is said', () => {
    expect(sizedArchitecture(generalist, data)).toEqual({ ...data, widths: generalist.widths })
    expect(sizedArchitecture({ ...generalist, family: 'separable' }, data)).toEqual({
      ...data,
      family: 'separable',
      ...separableDefaults,
    })
  })

  it('of a partition is the generalist’s, but for what it says itself', () => {
    const separable = { ...generalist, family: 'separable' as const, width: 0.75 }
    expect(isSameSize(partitionSize({ generalist: separable, partition }), separable)).toBe(true)
    const own = partitionSize({ generalist: separable, partition: { ...partition, depth: 3 } })
    expect(sizedArchitecture(own, data)).toMatchObject({ family: 'separable', width: 0.75, depth: 3 })
    expect(isSameSize(own, separable)).toBe(false)
    const wider = partitionSize({ generalist, partition: { ...partition, widths: [4, 4, 4] } })
    expect(isSameSize(wider, generalist)).toBe(false)
  })
})
