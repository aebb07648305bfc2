import { z } from 'zod'
import { featureSize, networkSpecSchema, planNetwork } from '../network/spec.ts'
import { wholeBlobBytes } from './weights.ts'
import { CacheNetError } from '../wire/errors.ts'

export const manifestSchemaVersion = 1

const identifier = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
const share = z.number().min(0).max(1)

export const blobRefSchema = z.object({
  bytes: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})
/** Names weights by content: a blob lives under `blobs/<sha256>.bin`. */
export type BlobRef = z.infer<typeof blobRefSchema>

const networkSchema = z.object({
  whole: blobRefSchema,
  /** Logits are divided by this before the softmax (Guo et al. 2017, On Calibration of Modern Neural Networks). */
  temperature: z.number().positive(),
})

const partitionSchema = networkSchema.extend({
  id: identifier,
  /** Classes whose images the selector sends here more often than to any other partition. */
  classIndices: z.array(z.int().nonnegative()),
  /** Share of the validation images that the selector sends here. */
  share,
})
export type Partition = z.infer<typeof partitionSchema>

const gatePointSchema = z.object({
  thresholdNats: z.number().nonnegative(),
  /** Share of frames that hit at this threshold. */
  coverage: share,
  accuracyOnHits: share,
  /** Accuracy over all frames, misses answered by the full model. */
  accuracyOfWhole: share,
})
export type GatePoint = z.infer<typeof gatePointSchema>

const inputSchema = z.object({
  width: z.int().min(8).max(512),
  height: z.int().min(8).max(512),
  channels: z.literal(3),
  /** Per channel, on the 0–1 scale. */
  mean: z.tuple([z.number(), z.number(), z.number()]),
  std: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]),
})
export type ModelInput = z.infer<typeof inputSchema>

export const manifestSchema = z.object({
  schemaVersion: z.literal(manifestSchemaVersion),
  id: identifier,
  createdAt: z.iso.datetime(),
  dataset: z.object({ kind: z.enum(['walkers', 'folder', 'cifar10']), description: z.string() }),
  classNames: z.array(z.string().min(1)).min(2).max(10_000),
  input: inputSchema,
  networks: z.object({
    partition: networkSpecSchema,
    full: networkSpecSchema,
    /** `full`: the encoder reads the full model's features; `own`: it reads the image. It ends in z̄, one logit a partition. */
    encoder: z.object({ trunk: z.enum(['full', 'own']), spec: networkSpecSchema }),
  }),
  full: networkSchema,
  encoder: z.object({ whole: blobRefSchema }),
  /** The network all partitions started from; it has their spec and is always resident. */
  generalist: networkSchema,
  partitions: z.array(partitionSchema).min(1).max(64),
  gate: z.object({
    /** τ of the partitions and of the generalist. */
    thresholdNats: z.number().nonnegative(),
    generalistThresholdNats: z.number().nonnegative(),
    /** How many resident partitions are asked, most recent first, before a frame counts as a miss. */
    maxProbes: z.int().positive(),
    curve: z.array(gatePointSchema),
  }),
  metrics: z.record(z.string(), z.unknown()),
  training: z.object({
    command: z.string(),
    commit: z.string(),
    seed: z.int(),
    elapsedSeconds: z.number().nonnegative(),
    config: z.record(z.string(), z.unknown()),
  }),
})
export type Manifest = z.infer<typeof manifestSchema>

/** Every blob that a manifest names, with what it is for. */
export function blobsOf(manifest: Manifest): { role: 'full' | 'encoder' | 'generalist' | 'partition'; id: string; ref: BlobRef }[] {
  return [
    { role: 'full', id: 'full', ref: manifest.full.whole },
    { role: 'encoder', id: 'encoder', ref: manifest.encoder.whole },
    { role: 'generalist', id: 'generalist', ref: manifest.generalist.whole },
    ...manifest.partitions.map(({ id, whole }) => ({ role: 'partition' as const, id, ref: whole })),
  ]
}

function requireFit(isFit: boolean, what: string, details: Record<string, unknown>): void {
  if (!isFit) throw new CacheNetError('manifest-invalid', `The manifest contradicts itself: ${what}.`, details)
}

function checkNetworks(manifest: Manifest): void {
  const { networks, input, classNames, partitions } = manifest
  const imageShape = [input.height, input.width, input.channels].join()
  for (const [name, spec] of [['partition', networks.partition], ['full', networks.full]] as const) {
    requireFit(spec.inputShape.join() === imageShape, `the ${name} network reads another input size`, { name })
    const { outputShape } = planNetwork(spec)
    requireFit(outputShape.join() === String(classNames.length), `the ${name} network has another count of classes`, { name })
  }
  const { encoder } = networks
  const encoderInput = encoder.trunk === 'full' ? String(featureSize(networks.full)) : imageShape
  requireFit(encoder.spec.inputShape.join() === encoderInput, 'the encoder does not fit its trunk', { trunk: encoder.trunk })
  const codeShape = planNetwork(encoder.spec).outputShape.join()
  requireFit(codeShape === String(partitions.length), 'the code has another size than there are partitions', { codeShape })
  requireFit(new Set(partitions.map(({ id }) => id)).size === partitions.length, 'two partitions share an id', {})
}

function checkBlobSizes(manifest: Manifest): void {
  const { networks } = manifest
  const specs = { full: networks.full, encoder: networks.encoder.spec, generalist: networks.partition, partition: networks.partition }
  for (const { role, id, ref } of blobsOf(manifest)) {
    const expectedBytes = wholeBlobBytes(specs[role])
    requireFit(ref.bytes === expectedBytes, `the weights of ${id} have another length than its network`, { id, expectedBytes })
  }
}

/**
 * Reads a manifest from outside (disk, network, cache).
 * Throws `manifest-version-unsupported` for another schema version, `manifest-invalid` for anything else that is wrong with it.
 */
export function parseManifest(value: unknown): Manifest {
  const version: unknown = typeof value === 'object' && value !== null && 'schemaVersion' in value ? value.schemaVersion : undefined
  if (typeof version === 'number' && version !== manifestSchemaVersion) {
    throw new CacheNetError(
      'manifest-version-unsupported',
      `This bundle has schema version ${version}, and this program reads ${manifestSchemaVersion}. Update the older of the two.`,
      { found: version, supported: [manifestSchemaVersion] },
    )
  }
  const parsed = manifestSchema.safeParse(value)
  if (!parsed.success) {
    throw new CacheNetError('manifest-invalid', 'The manifest is not one of a CacheNet bundle.', {
      issues: parsed.error.issues.slice(0, 5).map(({ path, message }) => `${path.join('.')}: ${message}`),
    })
  }
  checkNetworks(parsed.data)
  checkBlobSizes(parsed.data)
  return parsed.data
}
