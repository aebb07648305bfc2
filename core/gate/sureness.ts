import { argMax } from './entropy.ts'
import { spreadOf } from './novelty.ts'

/**
 * How sure an answer is, by what networks said of the frame alone.
 * `certain`: the network itself was. `likely`: the scene has made it likely. `unsure`: a guess. `none`: the
 * bundle knows nothing like it.
 */
export type Sureness = 'certain' | 'likely' | 'unsure' | 'none'

/** Who is certain of a class gives it at least half. */
const leastCertain = 0.5
/** Shares of ln C that the entropy of a certain answer stays below, whatever a bundle's thresholds are. */
const certainShare = 0.3
/** The same of the edge's answer. */
const certainEdgeShare = 0.2
/**
 * A full model is often sure of what it has never seen (a green card: `Casey 100 %`), where a small network,
 * trained apart, says something else: so the device has to give the edge's label this much. Of 22 drawn
 * pictures that the two released bundles do not know, concentric circles alone pass, as an automobile; of
 * the misses among 544 test images 34 % (cifar10) and 81 % (walkers), of which 97 and 95 % are right.
 */
const leastFromDevice = 0.3

/**
 * No threshold lets a larger share of ln C pass: beyond it an answer says next to nothing, however a bundle
 * was calibrated.
 */
const usableShare = 2 / 3

/**
 * A threshold as it may be used with so many classes, in nats: clearly below ln C. One beyond ln C is no
 * calibration's: whoever writes it wants every frame answered here, and gets that, as the guesses that they
 * are.
 */
export function usableThreshold(thresholdNats: number, classes: number): number {
  const largest = Math.log(Math.max(2, classes))
  return thresholdNats > largest * 1.001 ? thresholdNats : Math.min(thresholdNats, usableShare * largest)
}

export interface DeviceAnswer {
  /**
   * How sure the network that answered is, before any prior, of the class that is shown, which the scene may
   * have had a say in.
   */
  readonly ownCertainty: number
  /** Its predictive entropy before any prior, in nats, and the outputs that it is spread over. */
  readonly ownEntropyNats: number
  readonly outputs: number
  readonly isHit: boolean
  readonly isNovel: boolean
  /** τ that the bundle has for this network without a prior. */
  readonly thresholdNats: number
}

export function surenessOfDevice({
  ownCertainty,
  ownEntropyNats,
  outputs,
  isHit,
  isNovel,
  thresholdNats,
}: DeviceAnswer): Sureness {
  if (isNovel) return 'none'
  const mostNats = Math.log(Math.max(2, outputs))
  if (!isHit || ownEntropyNats > usableShare * mostNats) return 'unsure'
  return ownCertainty >= leastCertain && ownEntropyNats <= Math.min(thresholdNats, certainShare * mostNats)
    ? 'certain'
    : 'likely'
}

export interface EdgeAnswerFacts {
  /** Of the full model and of the device's surest network, both before any prior. */
  readonly raw: ArrayLike<number>
  readonly rawOfDevice: ArrayLike<number>
  readonly classIndex: number
  readonly isNovel: boolean
  /**
   * Whether the frame is strange to the full model; undefined where the bundle does not say what is: then the
   * device has to bear it out.
   */
  readonly isStrange?: boolean | undefined
}

export function surenessOfEdge({
  raw,
  rawOfDevice,
  classIndex,
  isNovel,
  isStrange,
}: EdgeAnswerFacts): Sureness {
  const isBorneOut = isStrange === undefined ? (rawOfDevice[classIndex] ?? 0) >= leastFromDevice : !isStrange
  if (isBorneOut && argMax(raw) === classIndex && spreadOf(raw) <= certainEdgeShare) return 'certain'
  return isNovel ? 'none' : 'unsure'
}
