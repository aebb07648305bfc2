import { convSteps, whiteningChannels, type PlainArchitecture } from '../../train/models/architecture.ts'

/** The full network of CIFAR-10 and a partition of 5 MMACs. */
export const networks = {
  full: { size: 32, widths: [64, 256, 256], classes: 10 },
  partition: { size: 32, widths: [12, 32, 48], classes: 10 },
} satisfies Record<string, PlainArchitecture>

export type NetworkName = keyof typeof networks

/** One 3x3 convolution of a network: [extent, extent, inputs] → [extent, extent, outputs]. */
export interface TrainedConvolution {
  readonly extent: number
  readonly inputs: number
  readonly outputs: number
}

export function trainedConvolutions(architecture: PlainArchitecture): TrainedConvolution[] {
  let extent = architecture.size - 1
  return convSteps(architecture).map(({ inputs, outputs, isPooled }) => {
    const convolution = { extent, inputs, outputs }
    if (isPooled) extent = Math.floor(extent / 2)
    return convolution
  })
}

const macs = ({ extent, inputs, outputs }: TrainedConvolution): number => extent ** 2 * 9 * inputs * outputs

/**
 * Floating-point operations of one image, two a multiply-accumulate, counted as direct convolutions whatever
 * form computes them.
 */
export function operations(architecture: PlainArchitecture): { forward: number; step: number } {
  const all = trainedConvolutions(architecture).map(macs)
  const sum = all.reduce((a, b) => a + b, 0)
  const whitening = (architecture.size - 1) ** 2 * 12 * whiteningChannels
  // Forward and filter gradient of each, input gradient of all but the first: what lies before it is not
  // trained.
  return { forward: 2 * sum, step: 2 * (whitening + 3 * sum - all[0]!) }
}
