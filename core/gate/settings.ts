// The small build of zod: page and inference worker load it, and a phone parses it before it shows anything.
import * as z from 'zod/mini'
import { observationCount } from './observation.ts'

// How a frame is gated, said once: the manifest, the message to the inference worker and the trainer's
// settings take their schemas from here, and all code its types.

const share = z.number().check(z.minimum(0), z.maximum(1))
const nats = z.number().check(z.nonnegative())

/** How the last frames tell what the next one shows: see `classFactors`. */
export const scenePriorSchema = z.object({
  /** Frames after which one that was seen weighs 1/e of what it did. */
  memoryFrames: z.number().check(z.gt(0)),
  /**
   * Chance that a frame shows what the scene has not shown yet: so much of the prior is spread over all
   * classes.
   */
  surpriseChance: z.number().check(z.gt(0), z.maximum(1)),
  /** Whether scenes that the bundle knows are weighed against what was counted: see `SceneFilter`. */
  knowsScenes: z.optional(z.boolean()),
})
export type ScenePriorSettings = Readonly<z.infer<typeof scenePriorSchema>>

/** Whom to ask about a frame, and from which certainty on to believe it. */
export const probeSettingsSchema = z.object({
  /** τ of the partitions. */
  thresholdNats: nats,
  /**
   * τ of the generalist, which knows no region that it could be certain to have left: usually far stricter.
   */
  generalistThresholdNats: nats,
  /** How many resident partitions may be asked before a frame counts as a miss. */
  maxProbes: z.int().check(z.nonnegative()),
  /**
   * `recent-first` stops at the first that is certain; `least-entropy` asks all and believes the most
   * certain.
   */
  order: z.enum(['recent-first', 'least-entropy']),
  /**
   * Whether the generalist is asked too, after the partitions. While no partition is resident it always is.
   */
  asksGeneralist: z.boolean(),
  /**
   * Whether the generalist, where it is not certain, looks at the frame's mirror image too, and the mean of
   * both counts (test-time augmentation, Simonyan & Zisserman 2015): a second run on the device in place of a
   * miss. Absent where it does not pay.
   */
  looksTwice: z.optional(z.boolean()),
})

/** What is absent, in older bundles too, is not done. */
export const gateSettingsSchema = z.extend(probeSettingsSchema, {
  /**
   * Where the last frames tell what the next one shows: how answers are corrected by it before their entropy
   * is taken.
   */
  scenePrior: z.optional(scenePriorSchema),
  /**
   * Where the scene decides which partition is asked: the least share of what the stream is expected to show
   * that the partition must know (`believed-partition.ts`). Left out, the most recent ones are asked,
   * whatever the scene.
   */
  leastBelief: z.optional(share),
  /**
   * After so many frames that the device answered by itself one goes to the edge all the same: what the
   * device believes of the scene is tested.
   */
  testEvery: z.optional(z.int().check(z.positive())),
})
export type GateSettings = Readonly<z.infer<typeof gateSettingsSchema>>

const settingNames = Object.keys(gateSettingsSchema.shape) as readonly (keyof GateSettings)[]

/** The settings alone, of a row or a manifest's gate that says more. What is absent there is absent here. */
export function gateSettingsOf(source: GateSettings): GateSettings {
  const given = settingNames.flatMap((name) => (source[name] === undefined ? [] : [[name, source[name]]]))
  return Object.fromEntries(given) as GateSettings
}

/** What a threshold does on a stream. */
export const gatePointSchema = z.object({
  thresholdNats: nats,
  /** Share of frames that hit at this threshold. */
  coverage: share,
  accuracyOnHits: share,
  /** Accuracy over all frames, misses answered by the full model. */
  accuracyOfWhole: share,
})
export type GatePoint = z.infer<typeof gatePointSchema>

/** How to gate a stream of one locality, measured on validation images. */
export const localityRowSchema = z.extend(gateSettingsSchema, {
  /** Chance per frame that another scene begins. */
  changeRate: share,
  /**
   * Share of frames answered on the device, and accuracy of the whole against the full model's, both on the
   * calibration stream.
   */
  coverage: share,
  accuracy: share,
  fullAccuracy: share,
  /**
   * Accuracy of the full model under the same scene prior: what the whole is held against. In older bundles
   * it was the full model alone.
   */
  edgeSceneAccuracy: z.optional(share),
  /**
   * What a device with this row's settings sees of the stream of each row, and what they would cost there.
   */
  observed: z.array(
    z.object({
      /** Share of the frames at each place of `observationsOf`. */
      events: z.array(share).check(z.length(observationCount)),
      /** Share of frames answered on the device, and accuracy of the full model less that of the whole. */
      coverage: share,
      loss: z.number().check(z.minimum(-1), z.maximum(1)),
      /**
       * Expected cost of a frame, in runs of a small network: those that are asked, and what a miss costs.
       * Absent in older bundles.
       */
      cost: z.optional(z.number().check(z.nonnegative())),
    }),
  ),
})
export type LocalityRow = z.infer<typeof localityRowSchema>

/** The gate of a bundle: its own settings, and those for each locality. */
export const bundleGateSchema = z.extend(gateSettingsSchema, {
  curve: z.array(gatePointSchema),
  /** For the adaptive gate, the most local stream first; empty where the bundle has but one setting. */
  localities: z.array(localityRowSchema).check(z.maxLength(32)),
})
