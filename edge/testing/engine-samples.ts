import { sha256Hex } from '../../core/bundle/hash.ts'
import { fullInputOf } from '../../core/bundle/manifest-networks.ts'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { encodeWeights } from '../../core/bundle/weights.ts'
import { frameBytes } from '../../core/image/preprocess.ts'
import { networkSpecSchema } from '../../core/network/spec.ts'
import { planNetwork } from '../../core/network/plan.ts'
import { createRandom } from '../../core/random.ts'
import type { SampleBundle } from '../../core/testing/sample-bundle.ts'
import type { EngineBundle } from '../engine/engine.ts'

function blobOf(sample: SampleBundle, sha256: string): Uint8Array<ArrayBuffer> {
  const blob = sample.blobs.get(sha256)
  if (blob === undefined) throw new RangeError(`The sample has no blob ${sha256}.`)
  return blob
}

/** A sample bundle as an engine loads it. */
export function engineBundleOf(sample: SampleBundle): EngineBundle {
  const { id, networks, full, encoder } = sample.manifest
  return {
    id,
    full: { spec: networks.full, blob: blobOf(sample, full.whole.sha256) },
    ...(networks.encoder === undefined || encoder === undefined
      ? {}
      : { encoder: { ...networks.encoder, blob: blobOf(sample, encoder.whole.sha256) } }),
  }
}

/** The sample with an encoder that reads the image instead of the full model's features. */
export async function ownTrunk(sample: SampleBundle): Promise<SampleBundle> {
  const { manifest } = sample
  const spec = networkSpecSchema.parse({
    inputShape: [manifest.input.height, manifest.input.width, 3],
    layers: [
      { kind: 'conv', name: 'trunk', filters: 6, kernelSize: 3, stride: 2 },
      { kind: 'globalPool', mode: 'average' },
      { kind: 'dense', name: 'code', units: manifest.partitions.length },
    ],
  })
  const random = createRandom(77)
  const weights = planNetwork(spec).tensors.map(({ name, shape, size }) => ({
    name,
    shape,
    values: Float32Array.from({ length: size }, () => random.normal() * 0.5),
  }))
  const blob = new Uint8Array(encodeWeights(spec, weights))
  const sha256 = await sha256Hex(blob)
  return {
    manifest: parseManifest({
      ...manifest,
      networks: { ...manifest.networks, encoder: { trunk: 'own', spec } },
      encoder: { whole: { bytes: blob.byteLength, sha256 } },
    }),
    blobs: new Map([...sample.blobs, [sha256, blob]]),
  }
}

/** The sample as training writes it where the generalist alone serves as well: nothing to choose from. */
export function withoutPartitions({ manifest, blobs }: SampleBundle): SampleBundle {
  const { encoder: _network, delta: _delta, ...networks } = manifest.networks
  const { encoder: _weights, ...rest } = manifest
  const gate = { ...manifest.gate, maxProbes: 0, asksGeneralist: true }
  return { manifest: parseManifest({ ...rest, networks, partitions: [], gate }), blobs }
}

/** Bytes of a frame of noise, as the full model reads it. */
export function randomRgb(manifest: Manifest, seed = 3): Uint8Array<ArrayBuffer> {
  const random = createRandom(seed)
  return Uint8Array.from({ length: frameBytes(fullInputOf(manifest)) }, () => Math.floor(random.next() * 256))
}

/** Preprocessed frames of noise, one after the other. */
export function randomFrames(manifest: Manifest, count: number, seed = 4): Float32Array<ArrayBuffer> {
  const random = createRandom(seed)
  return Float32Array.from({ length: count * frameBytes(fullInputOf(manifest)) }, () => random.normal())
}
