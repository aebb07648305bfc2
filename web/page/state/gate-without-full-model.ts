import type { GateSettings } from '../../../core/gate/settings.ts'

/**
 * With no full model to ask, at the edge or here, every partition that is here is asked, where any is: one
 * that asks the generalist alone has no threshold for them.
 *
 * @param residents how many partitions are in memory
 */
export const gateWithoutFullModel = (settings: GateSettings, residents: number): GateSettings =>
  settings.maxProbes > 0 ? { ...settings, maxProbes: Math.max(settings.maxProbes, residents) } : settings
