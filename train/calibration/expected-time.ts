import type { StreamResult } from '../../core/gate/simulate-stream.ts'
import type { SearchSettings } from '../config/search-schema.ts'

/** Multiply-accumulates of one image, in millions. */
export interface Costs {
  readonly generalistMegaMacs: number
  readonly partitionMegaMacs: number
  readonly fullMegaMacs: number
}

/** The device and the network that a frame's time is expected on. */
export type DeviceProfile = SearchSettings['device']

/** Milliseconds of one pass: two operations a multiply-accumulate. */
const passMs = (megaMacs: number, gigaflops: number): number => (2 * megaMacs) / gigaflops

/** Every frame through the full model on the device. */
export const deviceMs = ({ fullMegaMacs }: Costs, profile: DeviceProfile): number =>
  profile.overheadMs + passMs(fullMegaMacs, profile.gigaflops)

/** Every frame to the edge. */
export const edgeMs = (costs: Costs, profile: DeviceProfile): number =>
  profile.overheadMs + missMs(costs, profile)

/** The least that a frame can cost: the smaller of the networks is asked once, and always certain. */
export const leastMs = ({ generalistMegaMacs, partitionMegaMacs }: Costs, profile: DeviceProfile): number =>
  profile.overheadMs + passMs(Math.min(generalistMegaMacs, partitionMegaMacs), profile.gigaflops)

/** What a miss takes beyond the device's own part: the round trip, and the full model on the edge. */
const missMs = ({ fullMegaMacs }: Costs, profile: DeviceProfile): number =>
  profile.roundTripMs + passMs(fullMegaMacs, profile.edgeGigaflops)

/** What of a replayed stream costs time. */
export type Spent = Pick<StreamResult, 'networksAsked' | 'partitionsAsked' | 'coverage'>

/**
 * Mean milliseconds a frame: the networks that ran on the device, and for a miss the round trip and the full
 * model on the edge. What is downloaded is not counted: no answer waits for it.
 */
export function expectedMs(
  costs: Costs,
  { networksAsked, partitionsAsked, coverage }: Spent,
  profile: DeviceProfile,
): number {
  const { generalistMegaMacs, partitionMegaMacs } = costs
  const onDevice = passMs(
    partitionsAsked * partitionMegaMacs + (networksAsked - partitionsAsked) * generalistMegaMacs,
    profile.gigaflops,
  )
  return profile.overheadMs + onDevice + (1 - coverage) * missMs(costs, profile)
}
