import type { Sureness } from '../../../core/gate/sureness.ts'

/**
 * How a frame ended. `hit`: a small network on this device was certain. `miss`: the full model answered, at
 * the edge or here. `uncertain`: nobody here was certain and no full model answered.
 */
export type Outcome = 'hit' | 'miss' | 'uncertain'

/** What became of one frame. */
export interface FrameRecord {
  /** Counts the frames of a stream from 0, dropped ones not counted. */
  readonly index: number
  readonly name: string
  readonly trueLabel: string | null
  readonly label: string
  /**
   * What the network itself gives the label, 0 to 1, before the scene had a say. Where edge and device do
   * not bear one another out, the mean of what they give it.
   */
  readonly certainty: number
  /**
   * What else an uncertain answer might be: at most two classes, the likelier first. The scene has a
   * say in that and none in `certainty`, so that they come without numbers.
   */
  readonly runnersUp: readonly string[]
  /** How sure the answer is, by what networks said of the frame alone. */
  readonly sureness: Sureness
  /** What the gate looked at: predictive entropy on this device, of whoever asked here was the surest. */
  readonly entropyNats: number
  /** τ that it was held against: the generalist has one of its own. */
  readonly thresholdNats: number
  readonly outcome: Outcome
  /** Whose answer the label is: a partition, `generalist`, `full`, or the partition that the edge ran. */
  readonly network: string
  readonly answeredBy: 'device' | 'edge'
  /**
   * Entropy of the full model's answer; null where it gave none. It, too, may be asked of things that it does
   * not know.
   */
  readonly edgeEntropyNats: number | null
  /** From the frame's hand-over to its final answer. */
  readonly latencyMs: number
  /** From the frame's hand-over to the device's own answer. */
  readonly localLatencyMs: number
  /** The partition that the edge named, where another one was the most recent until then. */
  readonly switchedTo: string | null
  readonly bytesUp: number
  /** Body of the edge's answer, and of the partition that this frame had downloaded. */
  readonly bytesDown: number
}
