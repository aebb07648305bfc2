import { describe, expect, it } from 'vitest'
import { networkSpecSchema, type NetworkSpecInput } from '../../core/network/spec.ts'
import { bundleCost, framesPerBatch, requireAffordable } from './bundle-cost.ts'
import { defaultCostLimits } from '../settings/cost-limits.ts'
import type { EngineNetwork } from './engine.ts'

const network = (spec: NetworkSpecInput): { full: EngineNetwork } => ({
  full: { spec: networkSpecSchema.parse(spec), blob: new Uint8Array() },
})
const head = [
  { kind: 'globalPool', mode: 'max' },
  { kind: 'dense', name: 'head', units: 2 },
] as const

describe('bundleCost', () => {
  it('counts what a layer reads and writes', () => {
    const { megaMacs, activationBytes } = bundleCost(
      network({
        inputShape: [8, 8, 3],
        layers: [{ kind: 'conv', name: 'a', filters: 4, kernelSize: 3 }, ...head],
      }),
    )
    expect(megaMacs).toBeCloseTo((8 * 8 * 9 * 3 * 4 + 4 * 2) / 1e6, 9)
    expect(activationBytes).toBe(4 * 8 * 8 * (3 + 4))
  })

  it('looks into residual branches, which keep what they began with', () => {
    const branch = [
      { kind: 'conv', name: 'a', filters: 100, kernelSize: 1 },
      { kind: 'conv', name: 'b', filters: 3, kernelSize: 1 },
    ] as const
    expect(
      bundleCost(
        network({ inputShape: [8, 8, 3], layers: [{ kind: 'residual', layers: [...branch] }, ...head] }),
      ).activationBytes,
    ).toBe(4 * 8 * 8 * (3 + 3 + 100))
  })

  it.each([
    [
      '2.1 tera multiply-accumulates',
      {
        inputShape: [512, 512, 3],
        layers: [
          { kind: 'conv', name: 'a', filters: 944, kernelSize: 3 },
          { kind: 'conv', name: 'b', filters: 944, kernelSize: 3 },
          ...head,
        ],
      },
    ],
    [
      'gigabytes of activations',
      {
        inputShape: [512, 512, 3],
        layers: [{ kind: 'conv', name: 'a', filters: 4096, kernelSize: 1, stride: 1 }, ...head],
      },
    ],
    [
      'gigabytes of activations in a branch',
      {
        inputShape: [512, 512, 3],
        layers: [
          {
            kind: 'residual',
            layers: [
              { kind: 'conv', name: 'a', filters: 256, kernelSize: 1 },
              { kind: 'conv', name: 'b', filters: 3, kernelSize: 1 },
            ],
          },
          ...head,
        ],
      },
    ],
  ] satisfies [string, NetworkSpecInput][])('refuses %s', (_name, spec) => {
    expect(() => requireAffordable(bundleCost(network(spec)), defaultCostLimits)).toThrow(
      expect.objectContaining({ code: 'bundle-too-heavy' }) as Error,
    )
  })

  it('lets less of what is heavy into one batch', () => {
    expect(framesPerBatch({ megaMacs: 4_000, activationBytes: 1 })).toBe(2)
    expect(framesPerBatch({ megaMacs: 1, activationBytes: 300 * 2 ** 20 })).toBe(1)
    expect(framesPerBatch({ megaMacs: 118, activationBytes: 500_000 })).toBeGreaterThanOrEqual(32)
  })
})
