import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClassPictures } from '../../core/bundle/class-pictures.ts'
import { applyDelta } from '../../core/bundle/delta.ts'
import type { BlobRef } from '../../core/bundle/blob-ref.ts'
import { headOf, specOfPartition } from '../../core/bundle/manifest-networks.ts'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { isGraph, type FullNetwork } from '../../core/bundle/full-network.ts'
import { decodeWeights } from '../../core/bundle/weights.ts'
import type { NetworkSpec } from '../../core/network/spec.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { TrainedNetworks } from './trained-networks.ts'
import { requireSelfContained } from '../../onnx/require-self-contained.ts'
import { createFullGraph } from '../full/full-graph.ts'
import type { FullModel, ShippedNetwork } from './ship-network.ts'

async function readBlob(folder: string, { sha256 }: BlobRef): Promise<Uint8Array<ArrayBuffer>> {
  const path = join(folder, 'blobs', `${sha256}.bin`)
  const blob = await readFile(path).catch((cause: unknown) => {
    throw new CacheNetError('blob-missing', `The bundle lacks ${path}.`, { sha256 }, { cause })
  })
  if (createHash('sha256').update(blob).digest('hex') !== sha256)
    throw new CacheNetError('blob-altered', `${path} is not what its name says.`, { sha256 })
  return blob
}

export interface ReadBundle {
  readonly manifest: Manifest
  readonly networks: TrainedNetworks
  /** Undefined where it has none. */
  readonly classPictures: ClassPictures | undefined
}

/**
 * A bundle's networks as they ship. Throws `manifest-…` and `blob-…` codes for what is wrong with the folder.
 */
export async function readBundle(folder: string): Promise<ReadBundle> {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch((cause: unknown) => {
    throw new CacheNetError(
      'manifest-invalid',
      `There is no bundle in ${folder}: it has no manifest.json.`,
      { folder },
      { cause },
    )
  })
  const manifest = parseManifest(JSON.parse(text))
  const { networks, full, encoder, generalist, partitions, classPictures } = manifest
  const read = async (spec: NetworkSpec, ref: BlobRef): Promise<ShippedNetwork> => {
    const blob = await readBlob(folder, ref)
    return { spec, blob, weights: decodeWeights(spec, blob) }
  }
  const readFull = async (spec: FullNetwork): Promise<FullModel> => {
    if (!isGraph(spec)) return read(spec, full.whole)
    const licence = full.licence === undefined ? undefined : await readBlob(folder, full.licence)
    const blob = await readBlob(folder, full.whole)
    requireSelfContained(blob)
    return createFullGraph({ spec, blob, licence })
  }
  const base = await read(networks.generalist, generalist.whole)
  const readDelta = async (spec: NetworkSpec, ref: BlobRef): Promise<ShippedNetwork> => {
    const blob = await readBlob(folder, ref)
    return { spec, blob, weights: applyDelta(spec, networks.delta ?? { layers: [] }, base.weights, blob) }
  }
  return {
    manifest,
    classPictures:
      classPictures === undefined
        ? undefined
        : { blob: await readBlob(folder, classPictures), lengths: classPictures.lengths },
    networks: {
      full: await readFull(networks.full),
      encoder:
        networks.encoder === undefined || encoder === undefined
          ? undefined
          : await read(networks.encoder.spec, encoder.whole),
      generalist: base,
      partitions: await Promise.all(
        partitions.map(async (partition) => {
          const spec = specOfPartition(manifest, partition)
          return {
            name: partition.name ?? partition.id,
            classIndices: partition.classIndices,
            head: headOf(partition),
            whole: await read(spec, partition.whole),
            delta: partition.delta === undefined ? undefined : await readDelta(spec, partition.delta),
          }
        }),
      ),
    },
  }
}
