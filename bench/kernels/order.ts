import type { NetworkSpec } from '../../core/network/spec.ts'

/** A network, by what it is of. */
export interface ReleasedNetwork {
  readonly name: string
  readonly spec: NetworkSpec
  readonly blob: Uint8Array
}

/** What the worker is told. */
export interface KernelsOrder {
  /** Timed, by the key of their ratio. */
  readonly timed: Readonly<Record<string, ReleasedNetwork>>
  /** Answered by both, for the largest difference of a logit. */
  readonly compared: readonly ReleasedNetwork[]
  readonly rounds: number
  /** Passes over all that is timed: 1 where it is not said. */
  readonly passes?: number | undefined
  /** Whether only what ships is timed: our kernels, as this browser has them. */
  readonly isShippedOnly?: boolean | undefined
}

export interface KernelsAnswer {
  readonly hasRelaxedSimd: boolean
  /** By subject, one number a round: milliseconds a frame. */
  readonly msPerFrame: Readonly<Record<string, readonly number[]>>
  /** By network: the largest difference of a logit from tfjs's, over its frames and both modules of ours. */
  readonly largestDifference: Readonly<Record<string, number>>
}
