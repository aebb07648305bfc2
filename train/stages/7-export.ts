import { createHash } from 'node:crypto'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseManifest, type BlobRef, type Manifest } from '../../core/bundle/manifest.ts'
import { generalistId } from '../../core/gate/gate.ts'
import { deltaSpec } from '../models/generator.ts'
import type { ShippedNetwork } from '../models/trained-network.ts'
import { writeAtomically } from '../run/run-folder.ts'
import { partitionId } from './4-partitions.ts'
import { deltaId, type TrainedNetworks } from './answers.ts'
import type { Calibration } from './5-calibrate.ts'
import type { Evaluation } from './6-evaluate.ts'
import type { EvaluationContext } from './context.ts'

export interface ExportFacts {
  readonly id: string
  /** The command that trained it, as a person would type it. */
  readonly command: string
  readonly commit: string
  readonly elapsedSeconds: number
  /** Where the gate was calibrated anew afterwards. */
  readonly calibration?: Manifest['training']['calibration']
}

const refOf = ({ blob }: ShippedNetwork): BlobRef => ({ bytes: blob.byteLength, sha256: createHash('sha256').update(blob).digest('hex') })

/** Classes whose images come to this partition more often than to any other. */
function coveredClasses(evaluation: Evaluation, partition: number): number[] {
  return evaluation.classByPartition.flatMap((counts, classIndex) => (Math.max(...counts) === counts[partition] && counts[partition] > 0 ? [classIndex] : []))
}

function buildManifest(context: EvaluationContext, networks: TrainedNetworks, calibration: Calibration, evaluations: { validation: Evaluation; test: Evaluation }, facts: ExportFacts): Manifest {
  const { config, dataset, input } = context
  const architecture = { size: dataset.size, widths: config.generalist.widths, classes: dataset.classNames.length }
  const temperature = (id: string): number => calibration.temperatures.get(id) ?? 1
  const { classByPartition: _, ...validation } = evaluations.validation
  const { cascade, cascadeScene, cascadePrior } = calibration
  const { encoder } = networks
  return parseManifest({
    schemaVersion: 2,
    id: facts.id,
    createdAt: new Date().toISOString(),
    dataset: { kind: dataset.kind, description: dataset.description, digest: dataset.digest },
    classNames: dataset.classNames,
    input,
    networks: {
      partition: networks.generalist.spec,
      full: networks.full.spec,
      ...(encoder === undefined ? {} : { encoder: { trunk: 'full', spec: encoder.spec }, delta: deltaSpec({ ...architecture, rank: config.delta.rank }) }),
    },
    full: { whole: refOf(networks.full), temperature: temperature('full') },
    ...(encoder === undefined ? {} : { encoder: { whole: refOf(encoder) } }),
    generalist: { whole: refOf(networks.generalist), temperature: temperature(generalistId) },
    partitions: networks.partitions.map((partition, index) => ({
      id: partitionId(index),
      whole: refOf(partition.whole),
      temperature: temperature(partitionId(index)),
      delta: { ...refOf(partition.delta), temperature: temperature(deltaId(index)) },
      classIndices: coveredClasses(evaluations.validation, index),
      share: evaluations.validation.partitionShares[index]!,
    })),
    selector: { keepShare: calibration.keepShare },
    gate: { ...calibration.cacheNet.gate, curve: calibration.curve, localities: calibration.cacheNet.localities },
    ...(calibration.scenes === undefined ? {} : { scenes: calibration.scenes }),
    metrics: { ...evaluations.test, validation, opponents: { cascade, cascadeScene, cascadePrior } },
    training: { command: facts.command, commit: facts.commit, seed: config.seed, elapsedSeconds: facts.elapsedSeconds, ...(facts.calibration === undefined ? {} : { calibration: facts.calibration }), config },
  })
}

/**
 * Stage 7: writes the bundle. Blobs first, the manifest last and by renaming, so that whoever reads the folder meanwhile sees the
 * old bundle or the new one; then blobs that no manifest names are deleted.
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
  for (const network of [networks.full, ...(networks.encoder === undefined ? [] : [networks.encoder]), networks.generalist, ...networks.partitions.flatMap(({ whole, delta }) => [whole, delta])]) {
    const name = `${refOf(network).sha256}.bin`
    kept.add(name)
    await writeAtomically(join(blobs, name), network.blob)
  }
  await writeAtomically(join(folder, 'manifest.json.new'), `${JSON.stringify(manifest, null, 2)}\n`)
  await rename(join(folder, 'manifest.json.new'), join(folder, 'manifest.json'))
  for (const name of await readdir(blobs)) if (!kept.has(name)) await rm(join(blobs, name))
  return manifest
}
