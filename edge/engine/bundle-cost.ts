import { isGraph, megaMacsOfFull } from '../../core/bundle/full-network.ts'
import { planNetwork } from '../../core/network/plan.ts'
import type { NetworkSpec } from '../../core/network/spec.ts'
import type { Shape } from '../../core/network/layer.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { CostLimits } from '../settings/cost-limits.ts'
import type { EngineBundle } from './engine.ts'

/** What one frame costs the edge. */
export interface BundleCost {
  /** Multiply-accumulates of full model and encoder, in millions. */
  readonly megaMacs: number
  /** Most that is in memory between two layers, in bytes. */
  readonly activationBytes: number
}

const bytesOf = (shape: Shape): number => 4 * shape.reduce((product, extent) => product * extent, 1)

/** A layer reads one value and writes another; a residual branch keeps what it began with besides. */
function peakBytes({ inputShape, layers }: NetworkSpec): number {
  const { shapes } = planNetwork({ inputShape, layers })
  const peaks = layers.map((layer, index) => {
    const from = index === 0 ? inputShape : (shapes[index - 1] ?? [])
    if (layer.kind !== 'residual') return bytesOf(from) + bytesOf(shapes[index] ?? [])
    return bytesOf(from) + peakBytes({ inputShape: from as NetworkSpec['inputShape'], layers: layer.layers })
  })
  return Math.max(...peaks)
}

export function bundleCost({ full, encoder }: Pick<EngineBundle, 'full' | 'encoder'>): BundleCost {
  const specs = [full.spec, ...(encoder === undefined ? [] : [encoder.spec])]
  // A graph's own were counted while it ran, by who trained the bundle: what computes for longer is ended.
  return {
    megaMacs: specs.reduce((sum, spec) => sum + megaMacsOfFull(spec), 0),
    activationBytes: Math.max(
      ...specs.map((spec) => (isGraph(spec) ? spec.activationBytes : peakBytes(spec))),
    ),
  }
}

/**
 * Throws `bundle-too-heavy` where one frame costs more than an edge can give to one bundle: a file of a few
 * kilobytes can ask for gigabytes and hours.
 */
export function requireAffordable(
  { megaMacs, activationBytes }: BundleCost,
  { maxMegaMacs, maxActivationBytes }: CostLimits,
): void {
  if (megaMacs <= maxMegaMacs && activationBytes <= maxActivationBytes) return
  throw new CacheNetError(
    'bundle-too-heavy',
    `A frame of this bundle costs ${Math.ceil(megaMacs)} million multiply-accumulates and ${Math.ceil(activationBytes / 2 ** 20)} MiB of activations; ` +
      `this edge takes ${maxMegaMacs} and ${Math.floor(maxActivationBytes / 2 ** 20)}. Train smaller networks, or raise --max-mega-macs or --max-activation-mb.`,
    { megaMacs, activationBytes, maxMegaMacs, maxActivationBytes },
  )
}

/** A batch costs no more than this, so that no bundle keeps a process for long. */
const batchMegaMacs = 8_000
const batchActivationBytes = 256 * 2 ** 20

/** Frames that may run as one batch; at least one. */
export const framesPerBatch = ({ megaMacs, activationBytes }: BundleCost): number =>
  Math.max(
    1,
    Math.floor(
      Math.min(batchMegaMacs / Math.max(megaMacs, 1e-6), batchActivationBytes / Math.max(activationBytes, 1)),
    ),
  )
