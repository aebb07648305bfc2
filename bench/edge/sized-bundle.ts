import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256Hex } from '../../core/bundle/hash.ts'
import type { BlobRef } from '../../core/bundle/blob-ref.ts'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { encodeWeights } from '../../core/bundle/weights.ts'
import { networkSpecSchema, type NetworkSpec } from '../../core/network/spec.ts'
import { featureSize, planNetwork } from '../../core/network/plan.ts'
import { createRandom } from '../../core/random.ts'

/** The trainer's architecture: a whitening convolution, three stages of two convolutions each, a head. */
function network(widths: readonly [number, number, number]): NetworkSpec {
  const stages = widths.flatMap((filters, stage) => [
    { kind: 'conv' as const, name: `stage${stage + 1}-a`, filters, kernelSize: 3 },
    { kind: 'maxPool' as const, poolSize: 2, stride: 2 },
    { kind: 'conv' as const, name: `stage${stage + 1}-b`, filters, kernelSize: 3 },
  ])
  return networkSpecSchema.parse({
    inputShape: [32, 32, 3],
    layers: [
      { kind: 'conv', name: 'whiten', filters: 24, kernelSize: 2, padding: 'valid' },
      ...stages,
      { kind: 'globalPool', mode: 'max' },
      { kind: 'dense', name: 'head', units: 10 },
    ],
  })
}

/**
 * Writes a bundle of random weights that costs what the CIFAR-10 bundle costs at full strength: a full model
 * of widths 64, 256, 256 (118 million multiply-accumulates a frame), partitions of 5. What networks know
 * makes no difference to their speed.
 */
export async function writeSizedBundle(folder: string): Promise<Manifest> {
  const random = createRandom(1)
  const [full, partition] = [network([64, 256, 256]), network([12, 32, 48])]
  const encoder = networkSpecSchema.parse({
    inputShape: [featureSize(full)],
    layers: [
      { kind: 'dense', name: 'z-hidden', units: 128, activation: 'relu' },
      { kind: 'dense', name: 'z', units: 32 },
      { kind: 'dense', name: 'code-hidden', units: 128, activation: 'relu' },
      { kind: 'dense', name: 'code', units: 4 },
    ],
  })
  await mkdir(join(folder, 'sized', 'blobs'), { recursive: true })
  const store = async (spec: NetworkSpec): Promise<BlobRef> => {
    const weights = planNetwork(spec).tensors.map(({ name, shape, size }) => {
      const scale = Math.sqrt(2 / (size / (shape.at(-1) ?? 1)))
      return { name, shape, values: Float32Array.from({ length: size }, () => random.normal() * scale) }
    })
    const bytes = new Uint8Array(encodeWeights(spec, weights))
    const sha256 = await sha256Hex(bytes)
    await writeFile(join(folder, 'sized', 'blobs', `${sha256}.bin`), bytes)
    return { bytes: bytes.byteLength, sha256 }
  }
  const classNames = Array.from({ length: 10 }, (_, index) => `class ${index}`)
  const partitions = []
  for (let index = 0; index < 4; index++)
    partitions.push({
      id: `p${index + 1}`,
      whole: await store(partition),
      temperature: 1,
      classIndices: [index],
      share: 0.25,
    })
  const manifest = parseManifest({
    schemaVersion: 2,
    id: 'sized',
    createdAt: '2026-01-01T00:00:00.000Z',
    dataset: {
      kind: 'cifar10',
      description: 'Random weights of the size of the CIFAR-10 bundle, for benchmarks.',
    },
    classNames,
    input: { width: 32, height: 32, channels: 3, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
    networks: { partition, full, encoder: { trunk: 'full', spec: encoder } },
    full: { whole: await store(full), temperature: 1 },
    encoder: { whole: await store(encoder) },
    generalist: { whole: await store(partition), temperature: 1 },
    partitions,
    selector: { keepShare: 1 },
    gate: {
      thresholdNats: 0.5,
      generalistThresholdNats: 0.5,
      maxProbes: 1,
      order: 'recent-first',
      asksGeneralist: false,
      curve: [],
      localities: [],
    },
    metrics: {},
    training: { command: 'none', commit: 'none', seed: 1, elapsedSeconds: 0, config: {} },
  })
  await writeFile(join(folder, 'sized', 'manifest.json'), JSON.stringify(manifest))
  return manifest
}
