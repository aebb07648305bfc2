import { createHash } from 'node:crypto'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClassPictures } from '../../core/bundle/class-pictures.ts'
import type { BlobRef } from '../../core/bundle/blob-ref.ts'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import { schemaVersionOf } from '../../core/bundle/schema-version.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { generalistId } from '../../core/gate/gate.ts'
import { fullId } from '../../core/gate/answer-table.ts'
import type { NetworkSpec } from '../../core/network/spec.ts'
import { isFullGraph } from '../full/full-graph.ts'
import type { Architecture } from '../models/architecture.ts'
import { sizedArchitecture } from '../models/sized-architecture.ts'
import { deltaSpec } from '../models/generator.ts'
import { deltaId, partitionId } from '../models/partition-id.ts'
import type { SigningKey } from '../../core/trust/sign-manifest.ts'
import { writeAtomically } from '../run/write-atomically.ts'
import { signedForFolder } from '../signing/sign-bundle.ts'
import type { TrainedNetworks } from '../models/trained-networks.ts'
import type { Calibration } from './5-calibrate.ts'
import type { Evaluation } from './6-evaluate.ts'
import type { EvaluationContext } from './context.ts'

export interface ExportFacts {
  readonly id: string
  /** The command that trained it, as a person would type it. */
  readonly command: string
  readonly commit: string
  readonly elapsedSeconds: number
  /** Where the networks were trained on afterwards, or the gate was calibrated anew. */
  readonly refinement?: Manifest['training']['refinement']
  readonly calibration?: Manifest['training']['calibration']
  /** A picture of each class; left out where nobody asked for them. */
  readonly classPictures?: ClassPictures | undefined
  /** Signs the manifest; it stays unsigned where there is none. */
  readonly signingKey?: SigningKey | undefined
}

const refOf = ({ blob }: { readonly blob: Uint8Array }): BlobRef => ({
  bytes: blob.byteLength,
  sha256: createHash('sha256').update(blob).digest('hex'),
})

/** The network that all partitions share: the first one's. Their heads say how many outputs each has. */
const sharedSpec = ({ partitions, generalist }: TrainedNetworks): NetworkSpec =>
  partitions[0]?.whole.spec ?? generalist.spec

/** Pages that have not been updated ask for a rank. */
const deltaEntry = (architecture: Architecture): Manifest['networks']['delta'] => ({
  layers: deltaSpec(architecture).layers.map((layer) => ({ ...layer, rank: 0 })),
})

function buildManifest(
  context: EvaluationContext,
  networks: TrainedNetworks,
  calibration: Calibration,
  evaluations: { validation: Evaluation; test: Evaluation },
  facts: ExportFacts,
): Manifest {
  const { config, dataset, input } = context
  const architecture = sizedArchitecture(config.generalist, {
    size: dataset.size,
    classes: dataset.classNames.length,
  })
  const hasDeltas = networks.partitions.some(({ delta }) => delta !== undefined)
  const fitOf = (id: string): { temperature: number; mostStrange?: number } => {
    const bound = calibration.bounds.get(id)
    return {
      temperature: temperature(id),
      ...(bound === undefined || !Number.isFinite(bound) ? {} : { mostStrange: bound }),
    }
  }
  const temperature = (id: string): number => calibration.temperatures.get(id) ?? 1
  const { classByPartition: _, ...validation } = evaluations.validation
  const { cascade, cascadeScene } = calibration
  const { encoder, full } = networks
  const { classPictures } = facts
  const licence = isFullGraph(full) ? full.licence : undefined
  const specs = {
    generalist: networks.generalist.spec,
    partition: sharedSpec(networks),
    full: networks.full.spec,
    ...(encoder === undefined ? {} : { encoder: { trunk: 'full' as const, spec: encoder.spec } }),
  }
  return parseManifest({
    schemaVersion: schemaVersionOf(specs),
    id: facts.id,
    createdAt: new Date().toISOString(),
    dataset: { kind: dataset.kind, description: dataset.description, digest: dataset.digest },
    classNames: dataset.classNames,
    ...(classPictures === undefined
      ? {}
      : { classPictures: { ...refOf(classPictures), lengths: classPictures.lengths } }),
    input,
    networks: {
      ...specs,
      ...(hasDeltas ? { delta: deltaEntry(architecture) } : {}),
    },
    full: {
      whole: refOf(networks.full),
      ...(licence === undefined ? {} : { licence: refOf({ blob: licence }) }),
      ...fitOf(fullId),
    },
    ...(encoder === undefined ? {} : { encoder: { whole: refOf(encoder) } }),
    generalist: { whole: refOf(networks.generalist), ...fitOf(generalistId) },
    partitions: networks.partitions.map(({ name, classIndices, head, whole, delta }, index) => ({
      id: partitionId(index),
      name: name.slice(0, 200),
      whole: refOf(whole),
      ...fitOf(partitionId(index)),
      ...(delta === undefined ? {} : { delta: { ...refOf(delta), ...fitOf(deltaId(index)) } }),
      classIndices,
      ...(head === undefined ? {} : { prior: head.prior }),
      share: evaluations.validation.partitionShares[index]!,
    })),
    selector: { keepShare: calibration.keepShare },
    gate: {
      ...calibration.cacheNet.gate,
      curve: calibration.curve,
      localities: calibration.cacheNet.localities,
    },
    ...(calibration.scenes === undefined ? {} : { scenes: calibration.scenes }),
    metrics: { ...evaluations.test, validation, opponents: { cascade, cascadeScene } },
    training: {
      command: facts.command,
      commit: facts.commit,
      seed: config.seed,
      elapsedSeconds: facts.elapsedSeconds,
      ...(facts.refinement === undefined ? {} : { refinement: facts.refinement }),
      ...(facts.calibration === undefined ? {} : { calibration: facts.calibration }),
      config,
    },
  })
}

/**
 * Stage 7: writes the bundle. Blobs first, the manifest last and by renaming, so that whoever reads the
 * folder meanwhile sees the old bundle or the new one; then blobs that no manifest names are deleted.
 */
export async function exportBundle(
  context: EvaluationContext,
  folder: string,
  networks: TrainedNetworks,
  calibration: Calibration,
  evaluations: { validation: Evaluation; test: Evaluation },
  facts: ExportFacts,
): Promise<Manifest> {
  const manifest = buildManifest(context, networks, calibration, evaluations, facts)
  const blobs = join(folder, 'blobs')
  await mkdir(blobs, { recursive: true })
  const kept = new Set<string>()
  const { full } = networks
  for (const network of [
    full,
    ...(isFullGraph(full) && full.licence !== undefined ? [{ blob: full.licence }] : []),
    ...(networks.encoder === undefined ? [] : [networks.encoder]),
    ...(facts.classPictures === undefined ? [] : [facts.classPictures]),
    networks.generalist,
    ...networks.partitions.flatMap(({ whole, delta }) => (delta === undefined ? [whole] : [whole, delta])),
  ]) {
    const name = `${refOf(network).sha256}.bin`
    kept.add(name)
    await writeAtomically(join(blobs, name), network.blob)
  }
  const written = await signedForFolder(manifest, folder, facts.signingKey)
  await writeAtomically(join(folder, 'manifest.json.new'), `${JSON.stringify(written, null, 2)}\n`)
  await rename(join(folder, 'manifest.json.new'), join(folder, 'manifest.json'))
  for (const name of await readdir(blobs)) if (!kept.has(name)) await rm(join(blobs, name))
  return manifest
}
