import { defaultSettings, type EdgeSettings } from './settings-schema.ts'

/** How much a bundle may cost a frame. */
export interface CostLimits {
  /** Multiply-accumulates, in millions. */
  readonly maxMegaMacs: number
  /** Most that is in memory between two layers. */
  readonly maxActivationBytes: number
}

export const costLimitsOf = (settings: EdgeSettings): CostLimits => ({
  maxMegaMacs: settings['max-mega-macs'],
  maxActivationBytes: settings['max-activation-mb'] * 2 ** 20,
})

export const defaultCostLimits = costLimitsOf(defaultSettings)
