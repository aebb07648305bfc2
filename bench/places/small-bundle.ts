import { mkdir, writeFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { BlobRef } from '../../core/bundle/blob-ref.ts'
import type { ModelInput } from '../../core/bundle/model-input.ts'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import { manifestSchemaVersion } from '../../core/bundle/schema-version.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { encodeWeights } from '../../core/bundle/weights.ts'
import { planNetwork } from '../../core/network/plan.ts'
import { createRandom, type Random } from '../../core/random.ts'
import { resolveConfig } from '../../train/config/resolve-config.ts'
import { allocateSplit } from '../../train/data/dataset.ts'
import { startTrainingBackend } from '../../train/kernels/register.ts'
import { initialise, type PlainArchitecture } from '../../train/models/architecture.ts'
import { inferenceSpec } from '../../train/models/fold.ts'
import { encoderSpec } from '../../train/models/encoder.ts'
import { predictImages } from '../../train/models/predict.ts'
import { shipNetwork, shipWeights, type ShippedNetwork } from '../../train/models/ship-network.ts'
import { smallTraining } from '../../train/testing/small-training.ts'

const classNames = ['ant', 'bee', 'cat', 'dog', 'eel', 'fox']
export const smallSize = 16
/** Factor on the random logits of the full model. */
const sureness = 40

/** Any filters do: nothing is to be seen but colours. */
const whitening = (random: Random): Float32Array =>
  Float32Array.from({ length: 2 * 2 * 3 * 24 }, () => random.normal() * 0.4)

const input: ModelInput = {
  width: smallSize,
  height: smallSize,
  channels: 3,
  mean: [0.5, 0.5, 0.5],
  std: [0.25, 0.25, 0.25],
}

/** Random weights that say of colours one class about as often as another. */
async function balanced(widths: PlainArchitecture['widths'], random: Random): Promise<ShippedNetwork> {
  await startTrainingBackend()
  const architecture = { size: smallSize, widths, classes: classNames.length }
  const { spec, weights } = shipNetwork(architecture, initialise(architecture, whitening(random), random))
  const colours = allocateSplit(100, smallSize)
  const bytes = smallSize * smallSize * 3
  for (let image = 0; image < 100; image++) {
    const colour = [random.integer(256), random.integer(256), random.integer(256)]
    for (let at = 0; at < bytes; at++) colours.pixels[image * bytes + at] = colour[at % 3] ?? 0
  }
  const { logits, outputs, count } = predictImages({ spec, weights, blob: new Uint8Array() }, colours, input)
  const meanOf = (output: number): number =>
    Array.from({ length: count }, (_, image) => logits[image * outputs + output] ?? 0).reduce(
      (sum, value) => sum + value / count,
      0,
    )
  // Centred, and as sure as a trained one.
  const settled = weights.map((tensor) => {
    if (tensor.name === 'head/bias')
      return { ...tensor, values: tensor.values.map((bias, output) => sureness * (bias - meanOf(output))) }
    return tensor.name === 'head/kernel'
      ? { ...tensor, values: tensor.values.map((value) => sureness * value) }
      : tensor
  })
  return shipWeights(spec, settled)
}

/**
 * A bundle of the trainer's own networks, small and with random weights: its full model says of a colour
 * always the same, and its generalist knows nothing of that. Its gate asks partitions by what it believes.
 */
export async function writeSmallBundle(bundlesFolder: string): Promise<Manifest> {
  const random = createRandom('small bundle')
  const folder = join(bundlesFolder, 'small')
  await mkdir(join(folder, 'blobs'), { recursive: true })
  const store = async (blob: Uint8Array): Promise<BlobRef> => {
    const sha256 = createHash('sha256').update(blob).digest('hex')
    await writeFile(join(folder, 'blobs', `${sha256}.bin`), blob)
    return { bytes: blob.byteLength, sha256 }
  }
  const network = async (
    widths: PlainArchitecture['widths'],
    classes: number,
  ): Promise<{ spec: ReturnType<typeof inferenceSpec>; whole: BlobRef }> => {
    const architecture = { size: smallSize, widths, classes }
    const { spec, blob } = shipNetwork(architecture, initialise(architecture, whitening(random), random))
    return { spec, whole: await store(blob) }
  }
  const small = smallTraining.generalist.widths
  const generalist = await network(small, classNames.length)
  const full = await balanced(smallTraining.full.widths, random)
  const fullWhole = await store(full.blob)
  const heads = [
    [0, 1],
    [2, 3],
  ]
  const partitions = await Promise.all(
    heads.map(async (classIndices, at) => ({
      id: `p${at + 1}`,
      whole: (await network(small, 3)).whole,
      temperature: 1,
      classIndices,
      prior: [0.4, 0.4, 0.2],
      share: 0.5,
    })),
  )
  const encoder = encoderSpec({
    features: smallTraining.full.widths[2],
    hidden: 4,
    latent: 4,
    partitions: heads.length,
  })
  const code = planNetwork(encoder).tensors.map(({ name, shape, size }) => ({
    name,
    shape,
    values: Float32Array.from({ length: size }, () => random.normal() * 0.3),
  }))
  const manifest = parseManifest({
    schemaVersion: manifestSchemaVersion,
    id: 'small',
    createdAt: '2026-01-01T00:00:00.000Z',
    dataset: { kind: 'walkers', description: 'Random weights for tests.' },
    classNames,
    input,
    networks: {
      generalist: generalist.spec,
      partition: inferenceSpec({ size: smallSize, widths: small, classes: 3 }),
      full: full.spec,
      encoder: { trunk: 'full', spec: encoder },
    },
    full: { whole: fullWhole, temperature: 1 },
    encoder: { whole: await store(encodeWeights(encoder, code)) },
    generalist: { whole: generalist.whole, temperature: 5 },
    partitions,
    selector: { keepShare: 1 },
    gate: {
      thresholdNats: 0.3,
      generalistThresholdNats: 0.05,
      maxProbes: 1,
      order: 'recent-first',
      asksGeneralist: false,
      scenePrior: { memoryFrames: 20, surpriseChance: 0.05, knowsScenes: true },
      leastBelief: 0.5,
      curve: [],
      localities: [],
    },
    scenes: {
      surpriseChance: 0.02,
      localities: [{ kind: 'places', meanLength: 64 }],
      places: heads.map((indices, at) => ({
        name: `room ${at + 1}`,
        weight: 1,
        shares: classNames.map((_, index) => (indices.includes(index) ? 0.5 : 0)),
      })),
    },
    metrics: {},
    training: {
      command: 'none',
      commit: 'none',
      seed: 1,
      elapsedSeconds: 0,
      config: resolveConfig('walkers', smallTraining, []),
    },
  })
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest, null, 2))
  return manifest
}
