// The small build of zod, here and in whatever else the page loads: a phone parses it before it shows
// anything.
import * as z from 'zod/mini'
import { bundleGateSchema } from '../gate/settings.ts'
import { lightSchema } from '../light/light.ts'
import { networkSpecSchema } from '../network/spec.ts'
import { judgementSchema } from '../places/learn-result.ts'
import { sceneKinds } from '../streams/scene-kinds.ts'
import { blobRefSchema } from './blob-ref.ts'
import { pictureLengthsSchema } from './class-pictures.ts'
import { fullNetworkSchema } from './full-network.ts'
import { identifierPattern } from './identifier.ts'
import { modelInputSchema } from './model-input.ts'
import { graphSchemaVersion, manifestSchemaVersion, separableSchemaVersion } from './schema-version.ts'

/** What a bundle was trained on. */
export const datasetKinds = ['walkers', 'folder', 'cifar10', 'cifar100', 'people', 'world'] as const
export type DatasetKind = (typeof datasetKinds)[number]

const identifier = z.string().check(z.regex(identifierPattern))
const share = z.number().check(z.minimum(0), z.maximum(1))

const networkSchema = z.object({
  whole: blobRefSchema,
  /**
   * Logits are divided by this before the softmax (Guo et al. 2017, On Calibration of Modern Neural
   * Networks).
   */
  temperature: z.number().check(z.positive()),
  /**
   * Above it a frame is strange to the network, whatever its probabilities say: see `strangeness`. Absent in
   * older bundles.
   */
  mostStrange: z.optional(z.number()),
})

const trainedPartitionSchema = z.extend(networkSchema, {
  id: identifier,
  /**
   * The same specialist as a difference from the generalist: smaller by far, a little less accurate, and it
   * comes with the answer.
   */
  delta: z.optional(
    z.extend(blobRefSchema, {
      temperature: z.number().check(z.positive()),
      mostStrange: z.optional(z.number()),
    }),
  ),
  /** What it is for, in words: the places of its region, or its classes. Absent in older bundles. */
  name: z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
  /**
   * Its classes; in older bundles those whose images the selector sends here more often than to any other
   * partition.
   */
  classIndices: z.array(z.int().check(z.nonnegative())),
  /**
   * How often each output came in training, something else last: see `PartitionHead`. Absent where it answers
   * all classes.
   */
  prior: z.optional(z.array(z.number().check(z.gt(0), z.maximum(1)))),
  /** Share of the validation images that the selector sends here. */
  share,
})

/** What an edge learned where the bundle is used, and not its training: see `core/places`. */
const learnedSchema = z.object({
  /** Id of the place at that edge. */
  place: identifier,
  at: z.iso.datetime(),
  /** Kept frames that it learned from, and was judged by. */
  frames: z.int().check(z.nonnegative()),
  before: judgementSchema,
  after: judgementSchema,
  /** The partition of the bundle whose place it took; it comes back when this one is forgotten. */
  replaced: z.optional(trainedPartitionSchema),
  /** Name of the scene that came with it. */
  scene: z.optional(z.string()),
  /** In which light its pictures are looked at where they are strange as they are. */
  light: z.optional(lightSchema),
})

const partitionSchema = z.extend(trainedPartitionSchema, {
  /** Absent of what training made. */
  learned: z.optional(learnedSchema),
})
export type Partition = z.infer<typeof partitionSchema>

/** See `SceneKnowledge`. */
const scenesSchema = z.object({
  surpriseChance: z.number().check(z.gt(0), z.maximum(1)),
  localities: z
    .array(z.object({ kind: z.enum(sceneKinds), meanLength: z.number().check(z.minimum(1)) }))
    .check(z.maxLength(32)),
  places: z
    .array(z.object({ name: z.string(), weight: z.number().check(z.positive()), shares: z.array(share) }))
    .check(z.maxLength(1000)),
})

/**
 * Its signature is no part of it: who signed is asked of what was parsed, before this schema
 * (`core/trust/check-signature.ts`).
 */
export const manifestSchema = z.object({
  schemaVersion: z.literal([manifestSchemaVersion, graphSchemaVersion, separableSchemaVersion]),
  id: identifier,
  createdAt: z.iso.datetime(),
  /** `digest`: of the images that it was trained on. Absent in older bundles. */
  dataset: z.object({
    kind: z.enum(datasetKinds),
    description: z.string(),
    digest: z.optional(blobRefSchema.shape.sha256),
  }),
  classNames: z
    .array(z.string().check(z.normalize('NFC'), z.minLength(1)))
    .check(z.minLength(2), z.maxLength(10_000)),
  /** A picture of each class, for people: in one blob. Absent unless training was asked for them. */
  classPictures: z.optional(z.extend(blobRefSchema, { lengths: pictureLengthsSchema })),
  /** What the networks of the device read. The full model may have an input of its own: `fullInputOf`. */
  input: modelInputSchema,
  networks: z.object({
    generalist: networkSpecSchema,
    /** Of all partitions, but for the outputs of their heads: see `specOfPartition`. */
    partition: networkSpecSchema,
    full: fullNetworkSchema,
    /**
     * `full`: the encoder reads the full model's features; `own`: it reads the image. It ends in z̄, one
     * logit a partition.
     */
    encoder: z.optional(z.object({ trunk: z.enum(['full', 'own']), spec: networkSpecSchema })),
    /** Layers in which deltas differ from the generalist. */
    delta: z.optional(
      z.object({
        layers: z
          // `rank`: older programs could add a product of small matrices, and ask for the number still.
          .array(z.object({ name: z.string(), rank: z.optional(z.literal(0)) }))
          .check(z.minLength(1)),
      }),
    ),
  }),
  full: z.extend(networkSchema, {
    /** The licence of a model that somebody brought, as text: a blob like any. */
    licence: z.optional(blobRefSchema),
  }),
  encoder: z.optional(z.object({ whole: blobRefSchema })),
  /** The network that knows all classes; always resident. */
  generalist: networkSchema,
  /**
   * Empty where training found that the generalist alone serves as well: then there is no encoder either, and
   * no selection.
   */
  partitions: z.array(partitionSchema).check(z.maxLength(64)),
  /** A held partition k is kept where c_k ≥ keepShare · max c; 1 keeps none but the largest. */
  selector: z.object({ keepShare: z.number().check(z.gt(0), z.maximum(1)) }),
  gate: bundleGateSchema,
  /** Scenes that the device knows again. Absent where no row goes by them, and in older bundles. */
  scenes: z.optional(scenesSchema),
  metrics: z.record(z.string(), z.unknown()),
  training: z.object({
    command: z.string(),
    commit: z.string(),
    seed: z.int(),
    elapsedSeconds: z.number().check(z.nonnegative()),
    /** What trained its networks on afterwards (`npm run refine`). */
    refinement: z.optional(z.object({ command: z.string(), commit: z.string() })),
    /** What calibrated the gate anew, on the networks that were there. */
    calibration: z.optional(z.object({ command: z.string(), commit: z.string() })),
    config: z.record(z.string(), z.unknown()),
  }),
})
export type Manifest = z.infer<typeof manifestSchema>
