import { encodeDelta, planDelta, type DeltaSpec } from '../bundle/delta.ts'
import { encodeWeights } from '../bundle/weights.ts'
import { sha256Hex } from '../bundle/hash.ts'
import type { BlobRef } from '../bundle/blob-ref.ts'
import { parseManifest } from '../bundle/parse-manifest.ts'
import { schemaVersionOf } from '../bundle/schema-version.ts'
import type { Manifest } from '../bundle/manifest.ts'
import { partitionSpec } from '../bundle/partition-head.ts'
import { networkSpecSchema, type NetworkSpec, type NetworkSpecInput } from '../network/spec.ts'
import { featureSize, planNetwork } from '../network/plan.ts'
import { createRandom } from '../random.ts'

export interface SampleBundle {
  readonly manifest: Manifest
  /** Content of every blob by its hash. */
  readonly blobs: ReadonlyMap<string, Uint8Array<ArrayBuffer>>
}

/** Three convolution stages as the trainer builds them, `widths` channels each, on `size` x `size` images. */
export function sampleNetwork(
  size: number,
  widths: readonly [number, number, number],
  classes: number,
): NetworkSpec {
  const spec: NetworkSpecInput = {
    inputShape: [size, size, 3],
    layers: [
      { kind: 'conv', name: 'first', filters: widths[0], kernelSize: 3 },
      { kind: 'maxPool', poolSize: 2, stride: 2 },
      { kind: 'conv', name: 'second', filters: widths[1], kernelSize: 3 },
      { kind: 'residual', layers: [{ kind: 'conv', name: 'inner', filters: widths[1], kernelSize: 3 }] },
      { kind: 'maxPool', poolSize: 2, stride: 2 },
      { kind: 'conv', name: 'third', filters: widths[2], kernelSize: 3 },
      { kind: 'globalPool', mode: 'max' },
      { kind: 'dense', name: 'head', units: classes },
    ],
  }
  return networkSpecSchema.parse(spec)
}

/** The same of depthwise layers between 1x1 convolutions, one block of which adds its input. */
export function separableSampleNetwork(
  size: number,
  [first, second, third]: readonly [number, number, number],
  classes: number,
): NetworkSpec {
  const narrow = { kind: 'conv', kernelSize: 1, activation: 'linear' } as const
  const spec: NetworkSpecInput = {
    inputShape: [size, size, 3],
    layers: [
      { kind: 'conv', name: 'first', filters: first, kernelSize: 3, stride: 2 },
      { kind: 'depthwise', name: 'half', stride: 2 },
      { ...narrow, name: 'second', filters: second },
      {
        kind: 'residual',
        layers: [
          { kind: 'conv', name: 'inner', filters: 2 * second, kernelSize: 1 },
          { kind: 'depthwise', name: 'between' },
          { ...narrow, name: 'back', filters: second },
        ],
      },
      { kind: 'conv', name: 'third', filters: third, kernelSize: 1 },
      { kind: 'globalPool', mode: 'average' },
      { kind: 'dense', name: 'head', units: classes },
    ],
  }
  return networkSpecSchema.parse(spec)
}

/**
 * A small, valid bundle with random weights, for tests of whatever carries bundles about. It knows nothing.
 */
export async function createSampleBundle({
  seed = 1,
  partitions = 4,
  id = 'sample',
  hasDeltas = false,
  hasHeads = false,
  isSeparable = false,
} = {}): Promise<SampleBundle> {
  const random = createRandom(seed)
  const classNames = ['ant', 'bee', 'cat', 'dog']
  const network = isSeparable ? separableSampleNetwork : sampleNetwork
  const partition = network(16, [4, 6, 8], classNames.length)
  const full = network(16, [8, 12, 16], classNames.length)
  const encoder = networkSpecSchema.parse({
    inputShape: [featureSize(full)],
    layers: [
      { kind: 'dense', name: 'z', units: 8 },
      { kind: 'dense', name: 'code', units: partitions },
    ],
  })

  const delta: DeltaSpec = {
    layers: ['second', 'inner', ...(isSeparable ? ['between'] : []), 'third', 'head'].map((name) => ({
      name,
    })),
  }

  const blobs = new Map<string, Uint8Array<ArrayBuffer>>()
  const store = async (bytes: Uint8Array<ArrayBuffer>): Promise<BlobRef> => {
    const sha256 = await sha256Hex(bytes)
    blobs.set(sha256, bytes)
    return { bytes: bytes.byteLength, sha256 }
  }
  const addDelta = (spec: NetworkSpec, delta: DeltaSpec): Promise<BlobRef> => {
    const isScale = (name: string): boolean => name.endsWith('/scale')
    const values = planDelta(spec, delta).fields.map(
      ({ name, size }) =>
        [
          name,
          Float32Array.from({ length: size }, () => Number(isScale(name)) + random.normal() * 0.2),
        ] as const,
    )
    return store(new Uint8Array(encodeDelta(spec, delta, new Map(values))))
  }
  const addBlob = (spec: NetworkSpec): Promise<BlobRef> => {
    const weights = planNetwork(spec).tensors.map(({ name, shape, size }) => {
      const scale = name.endsWith('/bias') ? 0.1 : Math.sqrt(2 / (size / (shape.at(-1) ?? 1)))
      return { name, shape, values: Float32Array.from({ length: size }, () => random.normal() * scale) }
    })
    return store(new Uint8Array(encodeWeights(spec, weights)))
  }

  const manifest = {
    schemaVersion: schemaVersionOf({ generalist: partition, partition, full, encoder: { spec: encoder } }),
    id,
    createdAt: '2026-01-01T00:00:00.000Z',
    dataset: { kind: 'folder', description: 'Random weights for tests.' },
    classNames,
    input: { width: 16, height: 16, channels: 3, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
    networks: {
      generalist: partition,
      partition,
      full,
      encoder: { trunk: 'full', spec: encoder },
      ...(hasDeltas ? { delta } : {}),
    },
    full: { whole: await addBlob(full), temperature: 1 },
    encoder: { whole: await addBlob(encoder) },
    generalist: { whole: await addBlob(partition), temperature: 1 },
    partitions: await Promise.all(
      Array.from({ length: partitions }, async (_, index) => {
        // Two classes each where they have heads of their own, and a third of what comes is something else.
        const classIndices = hasHeads
          ? [index % classNames.length, (index + 1) % classNames.length]
          : [index % classNames.length]
        const head = hasHeads ? { classIndices, prior: [1 / 3, 1 / 3, 1 / 3] } : undefined
        const spec = partitionSpec(partition, head)
        return {
          id: `p${index}`,
          whole: await addBlob(spec),
          temperature: 1,
          ...(hasDeltas ? { delta: { ...(await addDelta(spec, delta)), temperature: 1 } } : {}),
          classIndices,
          ...(head === undefined ? {} : { prior: head.prior }),
          share: 1 / partitions,
        }
      }),
    ),
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
    training: { command: 'none', commit: 'none', seed, elapsedSeconds: 0, config: {} },
  }
  return { manifest: parseManifest(manifest), blobs }
}
