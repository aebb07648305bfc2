import { z } from 'zod'
import { scenePriorSchema } from '../../core/gate/settings.ts'
import { sceneKinds } from '../../core/streams/scene-kinds.ts'
import { count, share } from './numbers.ts'

const sceneKind = z.enum(sceneKinds)

/** Everything here works on finished networks: a run may be resumed with other settings of it. */
export const gateSchema = z.strictObject({
  /**
   * The stream on which the one setting of a device that does not adapt is chosen (validation images):
   * scenes, their mean length.
   */
  streamKind: sceneKind,
  streamLength: count,
  /** Frames of each calibration stream. */
  streamFrames: count,
  /** Frames of each stream that a bundle is reported on; as many as there are images where those are more. */
  reportFrames: count,
  cacheEntries: count,
  /**
   * Partitions that may be asked about a frame; the calibration takes the number and the order with the least
   * expected cost of a frame.
   */
  mostProbes: count,
  /**
   * Streams for the adaptive gate, one row of its table each. `recorded`: sessions of `meanLength` frames in
   * their own order, as a camera takes them, in place of pictures that are drawn one by one: what a network
   * gets wrong about one frame it gets wrong about the next.
   */
  localities: z.array(
    z.strictObject({ kind: sceneKind, meanLength: count, recorded: z.boolean().optional() }),
  ),
  /**
   * Sessions of each class for `recorded`, and for the report of them, where data can be recorded at will
   * (`walkers`); as many as the images are of by default.
   */
  recordedSessions: count.optional(),
  /**
   * A held partition is kept where its share of the code is at least this much of the largest; the best of
   * these is taken.
   */
  keepShares: z.array(z.number().gt(0).max(1)).min(1),
  /**
   * Scene priors that a row may take, where it costs less with one; none: the gate looks at each frame by
   * itself.
   */
  scenePriors: z.array(z.strictObject(scenePriorSchema.shape)),
  /**
   * Share of every known scene that is spread over all classes, for scene priors that know scenes: those of
   * `localities`.
   */
  knownSceneSurprise: z.number().gt(0).max(1),
  /**
   * Where the scene decides which partition is asked: shares of the scene that it must know, to choose from.
   */
  leastBeliefs: z.array(share).min(1),
  /**
   * After so many frames that the device answered by itself one goes to the edge: what is believed of the
   * scene is tested.
   */
  testEvery: count,
  /** Share of the strangers of which a network may be certain at most. */
  strangersCertain: share,
  /**
   * Share of the images of its own classes that are strange to a network at most, where a stricter bound than
   * the strangers' own costs no more: drawn strangers are few kinds of what there is.
   */
  knownStrange: share,
  /** How much accuracy of the whole may be lost against *Edge + scene*, as a share. */
  accuracyTolerance: share,
  /**
   * Share of that tolerance that the calibration leaves unused, of every strategy alike, besides the error of
   * what is lost: a gate that has to find out where it is costs the rest.
   */
  reserve: z.number().min(0).lt(1),
})
