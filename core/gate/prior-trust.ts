/**
 * How much a scene prior weighs that has fed on the device's own answers. Answers that the prior made
 * certain make the prior more certain in turn: nothing in that circle has looked at the world. So the prior
 * fades with every such frame, and recovers with answers that stand without it: the edge's, and those of
 * which the network alone was certain. Pure.
 */

/** Frames after which a prior that nothing confirmed weighs 1/e of what it did. */
const fadingFrames = 32
/** So many frames that confirm it make it whole again. */
const recoveringFrames = 4

/** 0: no prior at all; 1: all of it. */
export type PriorTrust = number

export const fullTrust: PriorTrust = 1

export const nextTrust = (trust: PriorTrust, isConfirmed: boolean): PriorTrust =>
  isConfirmed ? Math.min(1, trust + 1 / recoveringFrames) : trust * Math.exp(-1 / fadingFrames)

/** Factors of a prior that weighs less: between all classes alike and what they were. Their mean stays 1. */
export const fadeFactors = (
  factors: Float32Array<ArrayBuffer>,
  trust: PriorTrust,
): Float32Array<ArrayBuffer> => (trust === 1 ? factors : factors.map((factor) => 1 + trust * (factor - 1)))
