import type { StreamResult } from '../../core/gate/simulate-stream.ts'
import type { SearchSettings } from '../config/schema.ts'

/** Multiply-accumulates of one image, in millions. */
export interface Costs {
  readonly smallMegaMacs: number
  readonly fullMegaMacs: number
}

type Profile = SearchSettings['device']

/** Milliseconds of one pass: two operations a multiply-accumulate. */
const passMs = (megaMacs: number, gigaflops: number): number => (2 * megaMacs) / gigaflops

/** Every frame through the full model on the device. */
export const deviceMs = ({ fullMegaMacs }: Costs, profile: Profile): number => profile.overheadMs + passMs(fullMegaMacs, profile.gigaflops)

/** Every frame to the edge. */
export const edgeMs = (costs: Costs, profile: Profile): number => profile.overheadMs + missMs(costs, profile)

/** The least that a frame can cost with a small network of this size: it is asked once, and always certain. */
export const leastMs = ({ smallMegaMacs }: Costs, profile: Profile): number => profile.overheadMs + passMs(smallMegaMacs, profile.gigaflops)

/** What a miss takes beyond the device's own part: the round trip, and the full model on the edge. */
const missMs = ({ fullMegaMacs }: Costs, profile: Profile): number => profile.roundTripMs + passMs(fullMegaMacs, profile.edgeGigaflops)

/** The same in runs of the small network on the device. */
export const missCost = (costs: Costs, profile: Profile): number => missMs(costs, profile) / passMs(costs.smallMegaMacs, profile.gigaflops)

/**
 * Mean milliseconds a frame: the networks that ran on the device, and for a miss the round trip and the full model on the edge. What is
 * downloaded is not counted: no answer waits for it.
 */
export function expectedMs(costs: Costs, { networksAsked, coverage }: Pick<StreamResult, 'networksAsked' | 'coverage'>, profile: Profile): number {
  const onDevice = profile.overheadMs + networksAsked * passMs(costs.smallMegaMacs, profile.gigaflops)
  return onDevice + (1 - coverage) * missMs(costs, profile)
}
