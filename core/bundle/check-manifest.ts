import type { NetworkSpec } from '../network/spec.ts'
import { planNetwork } from '../network/plan.ts'
import { CacheNetError } from '../wire/errors.ts'
import { deltaBlobBytes } from './delta.ts'
import { featureSizeOfFull, isGraph, outputsOfFull } from './full-network.ts'
import { blobsOf, type BlobRole } from './manifest-blobs.ts'
import { specOfPartition } from './manifest-networks.ts'
import type { Manifest, Partition } from './manifest.ts'
import { schemaVersionOf } from './schema-version.ts'
import { wholeBlobBytes } from './weights.ts'

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

const imageShapeOf = ({ input }: Manifest): string => [input.height, input.width, input.channels].join()

function checkNetworks(manifest: Manifest): void {
  const { networks, classNames } = manifest
  const imageShape = imageShapeOf(manifest)
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
}

function checkPictures({ classPictures, classNames }: Manifest): void {
  requireFit(
    classPictures === undefined ||
      (classPictures.lengths.length === classNames.length &&
        classPictures.lengths.reduce((sum, length) => sum + length, 0) === classPictures.bytes),
    'the pictures of its classes are not one a class',
    {},
  )
}

function checkScenes({ scenes, classNames }: Manifest): void {
  for (const { name, shares } of scenes?.places ?? []) {
    requireFit(
      shares.length === classNames.length &&
        Math.abs(shares.reduce((sum, value) => sum + value, 0) - 1) < 1e-6,
      `the shares of the place ${name} are not those of its classes`,
      { name },
    )
  }
}

function checkIds({ partitions }: Manifest): void {
  requireFit(
    new Set(partitions.map(({ id }) => id)).size === partitions.length,
    'two partitions share an id',
    {},
  )
}

function checkEncoder(manifest: Manifest): void {
  const { networks, partitions } = manifest
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
  const encoderInput =
    encoder.trunk === 'full' ? String(featureSizeOfFull(networks.full)) : imageShapeOf(manifest)
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
 * Holds the parts of a manifest against each other: networks, heads, pictures, scenes, and the lengths of
 * blobs. Throws `manifest-invalid` where two of them do not fit.
 */
export function checkManifest(manifest: Manifest): void {
  checkNetworks(manifest)
  for (const partition of manifest.partitions) checkHead(manifest, partition)
  checkPictures(manifest)
  checkScenes(manifest)
  checkIds(manifest)
  checkEncoder(manifest)
  checkBlobSizes(manifest)
}
