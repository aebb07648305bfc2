import type { Manifest } from '../bundle/manifest.ts'
import { partitionSpec } from '../bundle/partition-head.ts'
import { encodeWeights } from '../bundle/weights.ts'
import { planNetwork } from '../network/plan.ts'
import type { HashOf } from '../places/learned-bundle.ts'
import type { PlaceFile } from '../places/place-file.ts'

const head = { classIndices: [1, 2, 3], prior: [0.3, 0.3, 0.2, 0.2] }

/** A place that some other edge learned for a bundle: weights of zeros, which are as good as others here. */
export function samplePlaceFile(
  manifest: Manifest,
  hashOf: HashOf,
  toBase64: (bytes: Uint8Array) => string,
): PlaceFile {
  const spec = partitionSpec(manifest.networks.partition, head)
  const tensors = planNetwork(spec).tensors.map(({ name, shape, size }) => ({
    name,
    shape,
    values: new Float32Array(size),
  }))
  const blob = new Uint8Array(encodeWeights(spec, tensors))
  const shares = manifest.classNames.map((_, index) => [0, 0.4, 0.4, 0.2][index] ?? 0)
  return {
    kind: 'cachenet-place',
    version: 1,
    bundle: manifest.id,
    fullSha256: manifest.full.whole.sha256,
    name: 'hall',
    at: '2026-11-30T08:00:00.000Z',
    sight: {
      code: manifest.partitions.map((_, index) => (index === 0 ? 0.9 : 0.05)),
      classes: manifest.classNames.map((_, index) => (index === 1 ? 0.97 : 0.01)),
    },
    network: {
      before: { misses: 0.8, wrongHits: 0 },
      after: { misses: 0.3, wrongHits: 0.01 },
      frames: 400,
      whole: { bytes: blob.byteLength, sha256: hashOf(blob) },
      ...head,
      temperature: 0.8,
      mostStrange: -1,
      sceneShares: shares,
    },
    weights: toBase64(blob),
  }
}
