import { encodeWeights } from '../../core/bundle/weights.ts'
import { networkSpecSchema, type NetworkSpec, type NetworkSpecInput } from '../../core/network/spec.ts'
import { randomWeights } from './random-weights.ts'
import type { ReleasedNetwork } from './order.ts'

// MobileNetV2 (Sandler et al. 2018, table 2) at half of its width on frames of 64 pixels: all convolutions,
// with ReLU in the place of ReLU6.

/** Expansion, channels, repeats, stride of the first. */
const blocks = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const
const half = (channels: number): number => Math.max(8, Math.round(channels / 16) * 8)

type BranchInput = Extract<NetworkSpecInput['layers'][number], { kind: 'residual' }>['layers'][number]

function mobileSpec(): NetworkSpec {
  const layers: NetworkSpecInput['layers'] = [
    { kind: 'conv', name: 'first', filters: 16, kernelSize: 3, stride: 2 },
  ]
  let channels = 16
  for (const [stage, [expansion, width, repeats, firstStride]] of blocks.entries())
    for (let repeat = 0; repeat < repeats; repeat++) {
      const [before, stride] = [channels, repeat === 0 ? firstStride : 1]
      const name = (part: string): string => `block${stage}-${repeat}-${part}`
      channels = half(width)
      const expand = {
        kind: 'conv',
        name: name('expand'),
        filters: before * expansion,
        kernelSize: 1,
      } as const
      const steps: BranchInput[] = [
        ...(expansion > 1 ? [expand] : []),
        { kind: 'depthwise', name: name('depthwise'), stride },
        { kind: 'conv', name: name('project'), filters: channels, kernelSize: 1, activation: 'linear' },
      ]
      layers.push(...(stride === 1 && before === channels ? [residual(steps)] : steps))
    }
  layers.push({ kind: 'conv', name: 'last', filters: 1280, kernelSize: 1 })
  return networkSpecSchema.parse({ inputShape: [64, 64, 3], layers })
}

const residual = (layers: BranchInput[]): NetworkSpecInput['layers'][number] => ({ kind: 'residual', layers })

/** The network with weights around zero, under which activations keep their size. */
export function mobileNetwork(normal: () => number): ReleasedNetwork {
  const spec = mobileSpec()
  return { name: 'mobile', spec, blob: encodeWeights(spec, randomWeights(spec, normal)) }
}
