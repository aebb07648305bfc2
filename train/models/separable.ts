import { whiteningChannels } from './first-layer.ts'

/**
 * The family for photographs: inverted residuals of depthwise-separable convolutions (MobileNetV2, Sandler et
 * al. 2018), with ReLU in the place of ReLU6, behind the fixed whitening convolution of the plain family. 1x1
 * expand → depthwise 3x3 → 1x1 project without ReLU, four stages of them, a 1x1 convolution, a global average
 * pool and a linear head.
 */
export interface SeparableArchitecture {
  readonly family: 'separable'
  /** Side of the square RGB input, in pixels. */
  readonly size: number
  /** Factor on all channels, which are then rounded to eights. */
  readonly width: number
  /** Blocks of each stage. */
  readonly depth: number
  readonly classes: number
}

/** What a separable network has where nobody says anything else. */
export const separableDefaults = { width: 1, depth: 2 } as const

/** Channels of the stages at width 1, and how much wider a block is inside. */
const stages = [
  { channels: 16, expansion: 1 },
  { channels: 32, expansion: 4 },
  { channels: 64, expansion: 4 },
  { channels: 96, expansion: 4 },
] as const
/** Channels that the head reads, in those of the last stage. */
const lastExpansion = 4

/** One convolution with a norm behind it. */
export interface SeparableStep {
  readonly name: string
  readonly kind: 'pointwise' | 'depthwise'
  readonly inputs: number
  readonly outputs: number
  readonly stride: 1 | 2
  readonly activation: 'linear' | 'relu'
}

export interface SeparableBlock {
  readonly steps: readonly SeparableStep[]
  /** Its input is added to what it gives. */
  readonly isResidual: boolean
}

const toEights = (channels: number): number => Math.max(8, Math.round(channels / 8) * 8)

/** How often the sides are halved until the last image has about four pixels: 3 times of 32, 4 of 64. */
const halvings = (size: number): number => Math.max(3, Math.min(5, Math.round(Math.log2(size / 4))))

/** Stride of the whitening convolution: its 24 channels hold all of a 2x2 patch, so 2 loses nothing. */
export const whiteningStride = ({ size }: Pick<SeparableArchitecture, 'size'>): 1 | 2 =>
  halvings(size) >= 4 ? 2 : 1

/** All trained convolutions, in order; the last block is the 1x1 convolution that the head reads. */
export function separableBlocks({ size, width, depth }: SeparableArchitecture): SeparableBlock[] {
  const blocks: SeparableBlock[] = []
  let inputs = whiteningChannels
  for (const [stage, { channels, expansion }] of stages.entries()) {
    const isHalving = stage > 0 || halvings(size) >= 5
    const outputs = toEights(channels * width)
    for (let block = 0; block < depth; block++) {
      const name = `block${blocks.length + 1}`
      const stride = block === 0 && isHalving ? 2 : 1
      const inside = inputs * expansion
      const point = { kind: 'pointwise', stride: 1 } as const
      const expand = {
        ...point,
        name: `${name}-expand`,
        inputs,
        outputs: inside,
        activation: 'relu',
      } as const
      blocks.push({
        steps: [
          ...(expansion === 1 ? [] : [expand]),
          {
            kind: 'depthwise',
            name: `${name}-depthwise`,
            inputs: inside,
            outputs: inside,
            stride,
            activation: 'relu',
          },
          { ...point, name: `${name}-project`, inputs: inside, outputs, activation: 'linear' },
        ],
        isResidual: stride === 1 && inputs === outputs,
      })
      inputs = outputs
    }
  }
  const last = { name: 'last', kind: 'pointwise', stride: 1, activation: 'relu' } as const
  blocks.push({ steps: [{ ...last, inputs, outputs: inputs * lastExpansion }], isResidual: false })
  return blocks
}
