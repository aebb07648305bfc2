/** What a network does to a TCP connection, each way alike. */
export interface NetworkProfile {
  /** Round trip in milliseconds; half of it each way. */
  readonly roundTripMs: number
  /** Standard deviation of the one-way delay, in milliseconds. Order is kept, as TCP keeps it. */
  readonly jitterMs: number
  /** Bits a second; infinite where bandwidth does not matter. */
  readonly bitsPerSecond: number
  /**
   * Chance that a packet of 1460 bytes is lost: TCP sends it again after about `stallMs`, and what comes
   * after it waits.
   */
  readonly lossRate: number
  readonly stallMs: number
  /** Nothing gets through; connections are cut. */
  readonly isCut?: boolean
}

const clean = { jitterMs: 0, bitsPerSecond: Infinity, lossRate: 0, stallMs: 0 }

/**
 * Round trips and bandwidths by definition; jitter and loss are what such links commonly show, and part of
 * the definition.
 */
export const networkProfiles = {
  loopback: { ...clean, roundTripMs: 0 },
  lan: { ...clean, roundTripMs: 2, jitterMs: 0.2, bitsPerSecond: 1e9 },
  wifi: { roundTripMs: 20, jitterMs: 2, bitsPerSecond: 50e6, lossRate: 0.001, stallMs: 200 },
  lte: { roundTripMs: 50, jitterMs: 5, bitsPerSecond: 20e6, lossRate: 0.001, stallMs: 250 },
  '3g': { roundTripMs: 150, jitterMs: 15, bitsPerSecond: 1.6e6, lossRate: 0.005, stallMs: 400 },
  offline: { ...clean, roundTripMs: 0, isCut: true },
} as const satisfies Record<string, NetworkProfile>

export type NetworkName = keyof typeof networkProfiles
export const networkNames = Object.keys(networkProfiles) as NetworkName[]
