import type { OptimizerSettings } from '../config/schema.ts'
import type { Parameter, ParameterRole } from '../models/architecture.ts'
import type { TrainingState } from './job.ts'

/**
 * Triangular learning rate: from `warmStart` of the peak up to it at `peakAt`, down to `coldEnd` of it; 1 is
 * the peak.
 */
export function scheduleAt(
  step: number,
  steps: number,
  { warmStart, peakAt, coldEnd }: OptimizerSettings['schedule'],
): number {
  const progress = steps <= 1 ? 1 : step / (steps - 1)
  return progress < peakAt
    ? warmStart + (1 - warmStart) * (progress / peakAt)
    : 1 + (coldEnd - 1) * ((progress - peakAt) / (1 - peakAt))
}

/** Factor on the learning rate; 0 for what stays as it is. */
export function rateOf(
  role: ParameterRole,
  { kernelRate, shiftRate, gainRate, headRate }: OptimizerSettings,
): number {
  switch (role) {
    case 'kernel':
      return kernelRate
    case 'head':
      return headRate
    case 'shift':
      return shiftRate
    case 'gain':
      return gainRate
    case 'fixed':
    case 'running':
      return 0
    default:
      return role satisfies never
  }
}

/** Gains stay positive, so that a folded max-pool stays exact. */
const smallestGain = 0.05

/**
 * One step of SGD with Nesterov momentum on the share [from, to) of the vector. The gradient is the sum over
 * the ranks, in rank order: floating point does not forgive another. For parameters of role `running` the
 * "gradient" is the batch's statistic.
 */
export function updateShare(
  state: TrainingState,
  gradients: readonly Float32Array[],
  parameters: readonly Parameter[],
  share: { readonly from: number; readonly to: number },
  settings: OptimizerSettings,
  step: number,
  steps: number,
): void {
  const { vector, momentum: velocity, average } = state
  const { momentum, weightDecay, averageDecay, statisticsDecay } = settings
  const learningRate =
    settings.learningRate * (settings.batchSize / 1024) * scheduleAt(step, steps, settings.schedule)
  // A young average forgets faster, so that the start of training is not carried along.
  const decay = Math.min(averageDecay, (1 + step) / (10 + step))
  for (const { role, offset, size } of parameters) {
    const from = Math.max(offset, share.from)
    const to = Math.min(offset + size, share.to)
    const rate = learningRate * rateOf(role, settings)
    const pull = role === 'gain' ? 0 : weightDecay / Math.max(1, rateOf(role, settings))
    for (let index = from; index < to; index++) {
      let gradient = 0
      for (const part of gradients) gradient += part[index]!
      if (role === 'running') vector[index]! += (1 - statisticsDecay) * (gradient - vector[index]!)
      else if (rate > 0) {
        gradient += pull * vector[index]!
        velocity[index] = momentum * velocity[index]! + gradient
        vector[index]! -= rate * (gradient + momentum * velocity[index]!)
        if (role === 'gain') vector[index] = Math.max(smallestGain, vector[index]!)
      }
      average[index] = decay * average[index]! + (1 - decay) * vector[index]!
    }
  }
}
