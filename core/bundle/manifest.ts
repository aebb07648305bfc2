// The small build of zod, here and in whatever else the page loads: a phone parses it before it shows
// anything.
import * as z from 'zod/mini'
import { networkSpecSchema, type NetworkSpec } from '../network/spec.ts'
import { planNetwork } from '../network/plan.ts'
import { sceneKinds } from '../streams/scene-kinds.ts'
import { CacheNetError } from '../wire/errors.ts'
import { bundleGateSchema } from '../gate/settings.ts'
import { judgementSchema } from '../places/learn-result.ts'
import { blobRefSchema, type BlobRef } from './blob-ref.ts'
import { pictureLengthsSchema } from './class-pictures.ts'
import { deltaBlobBytes } from './delta.ts'
import { featureSizeOfFull, fullNetworkSchema, isGraph, outputsOfFull } from './full-network.ts'
import { identifierPattern } from './identifier.ts'
import { modelInputSchema, type ModelInput } from './model-input.ts'
import { partitionSpec, type PartitionHead } from './partition-head.ts'
import {
  graphSchemaVersion,
  manifestSchemaVersion,
  readableSchemaVersions,
  schemaVersionOf,
  separableSchemaVersion,
} from './schema-version.ts'
import { upgradeManifest } from './upgrade-manifest.ts'
import { wholeBlobBytes } from './weights.ts'

export {
  graphSchemaVersion,
  manifestSchemaVersion,
  readableSchemaVersions,
  schemaVersionOf,
  separableSchemaVersion,
}

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
})

const partitionSchema = z.extend(trainedPartitionSchema, {
  /** Absent of what training made. */
  learned: z.optional(learnedSchema),
})
export type Partition = z.infer<typeof partitionSchema>

export type { ModelInput } from './model-input.ts'
export { blobRefSchema, type BlobRef } from './blob-ref.ts'

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
    /** What calibrated the gate anew, on the networks that were there. */
    calibration: z.optional(z.object({ command: z.string(), commit: z.string() })),
    config: z.record(z.string(), z.unknown()),
  }),
})
export type Manifest = z.infer<typeof manifestSchema>

/** What the full model reads: an input of its own where somebody brought it, or else that of all networks. */
export const fullInputOf = ({ networks, input }: Pick<Manifest, 'networks' | 'input'>): ModelInput =>
  isGraph(networks.full) ? networks.full.input : input

/** The head of a partition; undefined where it answers all classes of the bundle. */
export const headOf = ({
  classIndices,
  prior,
}: Pick<Partition, 'classIndices' | 'prior'>): PartitionHead | undefined =>
  prior === undefined ? undefined : { classIndices, prior }

/** The network of a partition: its own outputs on what all partitions share. */
export const specOfPartition = (
  { networks }: Pick<Manifest, 'networks'>,
  partition: Pick<Partition, 'classIndices' | 'prior'>,
): NetworkSpec => partitionSpec(networks.partition, headOf(partition))

/**
 * How many outputs a partition has, or the generalist: classes of its own and something else, or all classes.
 */
export function outputsOf(
  { partitions, classNames }: Pick<Manifest, 'partitions' | 'classNames'>,
  network: string,
): number {
  const partition = partitions.find(({ id }) => id === network)
  return partition?.prior?.length ?? classNames.length
}

export type BlobRole = 'full' | 'licence' | 'encoder' | 'generalist' | 'partition' | 'delta' | 'classPictures'

export interface NamedBlob {
  readonly role: BlobRole
  readonly id: string
  readonly ref: BlobRef
}

/** Every blob that a manifest names, with what it is for. */
export function blobsOf({ full, encoder, generalist, partitions, classPictures }: Manifest): NamedBlob[] {
  const plain = ({ bytes, sha256 }: BlobRef): BlobRef => ({ bytes, sha256 })
  return [
    { role: 'full', id: 'full', ref: full.whole },
    ...(full.licence === undefined ? [] : [{ role: 'licence' as const, id: 'licence', ref: full.licence }]),
    ...(encoder === undefined ? [] : [{ role: 'encoder' as const, id: 'encoder', ref: encoder.whole }]),
    { role: 'generalist', id: 'generalist', ref: generalist.whole },
    ...partitions.map(({ id, whole }) => ({ role: 'partition' as const, id, ref: whole })),
    ...partitions.flatMap(({ id, delta }) =>
      delta === undefined ? [] : [{ role: 'delta' as const, id, ref: plain(delta) }],
    ),
    ...(classPictures === undefined
      ? []
      : [{ role: 'classPictures' as const, id: 'class-pictures', ref: plain(classPictures) }]),
  ]
}

function requireFit(isFit: boolean, what: string, details: Record<string, unknown>): void {
  if (!isFit)
    throw new CacheNetError('manifest-invalid', `The manifest contradicts itself: ${what}.`, details)
}

function checkHead({ networks, classNames }: Manifest, { id, classIndices, prior }: Partition): void {
  requireFit(
    classIndices.every((index) => index < classNames.length),
    `the partition ${id} names a class that there is not`,
    { id },
  )
  if (prior === undefined) {
    requireFit(
      planNetwork(networks.partition).outputShape.join() === String(classNames.length),
      `the partition ${id} has another count of classes`,
      { id },
    )
    return
  }
  requireFit(
    new Set(classIndices).size === classIndices.length && classIndices.length > 0,
    `the partition ${id} names a class twice, or none`,
    { id },
  )
  requireFit(
    prior.length === classIndices.length + 1,
    `the prior of the partition ${id} is not of its classes and something else`,
    { id },
  )
  requireFit(
    Math.abs(prior.reduce((sum, value) => sum + value, 0) - 1) < 1e-6,
    `the prior of the partition ${id} does not sum to 1`,
    { id },
  )
}

function checkNetworks(manifest: Manifest): void {
  const { networks, input, classNames, partitions } = manifest
  const imageShape = [input.height, input.width, input.channels].join()
  const all = String(classNames.length)
  for (const [name, spec, outputs] of [
    ['generalist', networks.generalist, all],
    ['partition', networks.partition, undefined],
    ...(isGraph(networks.full) ? [] : [['full', networks.full, all] as const]),
  ] as const) {
    requireFit(spec.inputShape.join() === imageShape, `the ${name} network reads another input size`, {
      name,
    })
    const found = planNetwork(spec).outputShape.join()
    requireFit(
      outputs === undefined || found === outputs,
      `the ${name} network has another count of classes`,
      { name },
    )
  }
  const leastVersion = schemaVersionOf(networks)
  requireFit(manifest.schemaVersion >= leastVersion, `its networks ask for schema version ${leastVersion}`, {
    leastVersion,
  })
  requireFit(
    outputsOfFull(networks.full) === classNames.length,
    'the full model has another count of classes',
    {},
  )
  for (const partition of partitions) checkHead(manifest, partition)
  const { classPictures } = manifest
  requireFit(
    classPictures === undefined ||
      (classPictures.lengths.length === classNames.length &&
        classPictures.lengths.reduce((sum, length) => sum + length, 0) === classPictures.bytes),
    'the pictures of its classes are not one a class',
    {},
  )
  for (const { name, shares } of manifest.scenes?.places ?? []) {
    requireFit(
      shares.length === classNames.length &&
        Math.abs(shares.reduce((sum, value) => sum + value, 0) - 1) < 1e-6,
      `the shares of the place ${name} are not those of its classes`,
      { name },
    )
  }
  requireFit(
    new Set(partitions.map(({ id }) => id)).size === partitions.length,
    'two partitions share an id',
    {},
  )
  const { encoder } = networks
  requireFit(
    (encoder === undefined) === (manifest.encoder === undefined),
    'it has an encoder without weights, or weights without an encoder',
    {},
  )
  requireFit(
    (encoder === undefined) === (partitions.length === 0),
    'partitions need an encoder that chooses them, and an encoder partitions',
    {},
  )
  if (encoder === undefined) return
  requireFit(
    encoder.trunk === 'full' || !isGraph(networks.full),
    'an encoder behind a full model that somebody brought reads its features',
    {},
  )
  const encoderInput = encoder.trunk === 'full' ? String(featureSizeOfFull(networks.full)) : imageShape
  requireFit(encoder.spec.inputShape.join() === encoderInput, 'the encoder does not fit its trunk', {
    trunk: encoder.trunk,
  })
  const codeShape = planNetwork(encoder.spec).outputShape.join()
  requireFit(codeShape === String(partitions.length), 'the code has another size than there are partitions', {
    codeShape,
  })
}

function checkBlobSizes(manifest: Manifest): void {
  const { networks, partitions } = manifest
  const { delta } = networks
  const specs = new Map(partitions.map((partition) => [partition.id, specOfPartition(manifest, partition)]))
  const specOf = (id: string): NetworkSpec => specs.get(id) ?? networks.partition
  /** Undefined of what may have any length: files that somebody brought. */
  const expectedBytesOf: Record<BlobRole, (id: string) => number | undefined> = {
    full: () => (isGraph(networks.full) ? undefined : wholeBlobBytes(networks.full)),
    licence: () => undefined,
    classPictures: () => undefined,
    encoder: () => (networks.encoder === undefined ? 0 : wholeBlobBytes(networks.encoder.spec)),
    generalist: () => wholeBlobBytes(networks.generalist),
    partition: (id) => wholeBlobBytes(specOf(id)),
    delta: (id) => (delta === undefined ? 0 : deltaBlobBytes(specOf(id), delta)),
  }
  for (const { role, id, ref } of blobsOf(manifest)) {
    const expectedBytes = expectedBytesOf[role](id)
    requireFit(
      expectedBytes === undefined || ref.bytes === expectedBytes,
      `the weights of ${id} have another length than its network`,
      {
        id,
        expectedBytes,
      },
    )
  }
}

/**
 * Reads a manifest from outside (disk, network, cache).
 * Throws `manifest-version-unsupported` for another schema version, `manifest-invalid` for anything else that
 * is wrong with it.
 */
export function parseManifest(value: unknown): Manifest {
  const version: unknown =
    typeof value === 'object' && value !== null && 'schemaVersion' in value ? value.schemaVersion : undefined
  if (typeof version === 'number' && !readableSchemaVersions.includes(version)) {
    throw new CacheNetError(
      'manifest-version-unsupported',
      `This bundle has schema version ${version}, and this program reads ${readableSchemaVersions.join(', ')}. Update the older of the two.`,
      { found: version, supported: readableSchemaVersions },
    )
  }
  const parsed = manifestSchema.safeParse(upgradeManifest(value))
  if (!parsed.success) {
    throw new CacheNetError('manifest-invalid', 'The manifest is not one of a CacheNet bundle.', {
      issues: parsed.error.issues.slice(0, 5).map(({ path, message }) => `${path.join('.')}: ${message}`),
    })
  }
  checkNetworks(parsed.data)
  checkBlobSizes(parsed.data)
  return parsed.data
}
