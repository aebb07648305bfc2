import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { requireLayers } from '../../../core/bundle/full-network.ts'
import type { BlobRef } from '../../../core/bundle/blob-ref.ts'
import { parseManifest } from '../../../core/bundle/parse-manifest.ts'
import type { Manifest } from '../../../core/bundle/manifest.ts'
import { decodeWeights } from '../../../core/bundle/weights.ts'
import { argMax, predictiveEntropy, softmax } from '../../../core/gate/entropy.ts'
import { generalistId } from '../../../core/gate/gate.ts'
import { preprocess, rgbaToRgb } from '../../../core/image/preprocess.ts'
import { disposeWeights, forward, toTensors } from '../../../core/network/forward.ts'
import type { NetworkSpec } from '../../../core/network/spec.ts'
import { createWalker } from '../../../core/walkers/body.ts'
import { renderWalker } from '../../../core/walkers/render.ts'
import { createSession } from '../../../core/walkers/session.ts'

/** A walker whose frames belong to one partition. */
export interface StoryScene {
  readonly walker: number
  readonly partition: string
}

export interface Story {
  readonly manifest: Manifest
  /** Three scenes of three different partitions. */
  readonly scenes: readonly [StoryScene, StoryScene, StoryScene]
}

/** The demo's frames in a second where no rate is set (`web/page/sources/demo.ts`). */
const framesPerSecond = 10
/** The page's kernels and those of the backend here differ in the last digits. */
const marginNats = 0.005

interface WalkerFacts extends StoryScene {
  /** Entropy of each network on each frame. */
  readonly entropies: ReadonlyMap<string, readonly number[]>
}

async function readBlob(bundleFolder: string, spec: NetworkSpec, { sha256 }: BlobRef) {
  return toTensors(decodeWeights(spec, await readFile(join(bundleFolder, 'blobs', `${sha256}.bin`))))
}

/** The first frames of a walker's first test session, as the demo plays them: [hold, height, width, 3]. */
function walkerFrames(walker: number, { input }: Manifest, hold: number): tf.Tensor4D {
  const session = createSession({ identity: walker, split: 'test', session: 0 })
  const frames = Array.from({ length: hold }, (_, step) =>
    preprocess(
      rgbaToRgb(
        renderWalker({
          walker: createWalker(walker),
          session,
          time: step / framesPerSecond,
          size: input.width,
        }),
      ),
      input,
    ),
  )
  return tf.tensor4d(Float32Array.from(frames.flatMap((frame) => [...frame])), [
    hold,
    input.height,
    input.width,
    3,
  ])
}

/** What every network of the bundle says of every walker, worked out apart from the product's engines. */
async function askEverybody(bundleFolder: string, manifest: Manifest, hold: number): Promise<WalkerFacts[]> {
  const { networks, full, encoder, generalist, partitions, classNames } = manifest
  if (networks.encoder === undefined || encoder === undefined)
    throw new Error(`Bundle ${manifest.id} has no encoder.`)
  const encoderSpec = networks.encoder.spec
  const fullSpec = requireLayers(networks.full)
  const fullWeights = await readBlob(bundleFolder, fullSpec, full.whole)
  const encoderWeights = await readBlob(bundleFolder, encoderSpec, encoder.whole)
  const small = await Promise.all(
    [{ id: generalistId, ...generalist }, ...partitions].map(async ({ id, whole, temperature }) => ({
      id,
      temperature,
      weights: await readBlob(bundleFolder, networks.partition, whole),
    })),
  )
  const facts = classNames.map((_, walker): WalkerFacts => {
    tf.engine().startScope()
    try {
      const frames = walkerFrames(walker, manifest, hold)
      const first = tf.slice(frames, [0, 0, 0, 0], [1, -1, -1, -1])
      const code = forward(
        encoderSpec,
        encoderWeights,
        forward(fullSpec, fullWeights, first).features,
      ).logits.dataSync<'float32'>()
      const entropies = small.map(({ id, temperature, weights }): [string, number[]] => {
        const logits = forward(networks.partition, weights, frames).logits.arraySync()
        return [id, logits.map((row) => predictiveEntropy(softmax(row, temperature)))]
      })
      return { walker, partition: partitions[argMax(code)]?.id ?? '', entropies: new Map(entropies) }
    } finally {
      tf.engine().endScope()
    }
  })
  for (const { weights } of small) disposeWeights(weights)
  disposeWeights(fullWeights)
  disposeWeights(encoderWeights)
  return facts
}

/**
 * Finds walkers for the story by running the bundle at its own threshold: A, B, C of three partitions, each
 * partition certain of all frames of its own walker and uncertain of the first frame of the others', and the
 * generalist uncertain of A's, whom it meets first.
 */
export async function findStory(bundleFolder: string, hold: number): Promise<Story> {
  const manifest = parseManifest(JSON.parse(await readFile(join(bundleFolder, 'manifest.json'), 'utf8')))
  const { thresholdNats } = manifest.gate
  const folder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))
  setWasmPaths(`${folder}/`)
  await tf.setBackend('wasm')
  const facts = await askEverybody(bundleFolder, manifest, hold)
  const entropies = (network: string, scene: WalkerFacts): readonly number[] =>
    scene.entropies.get(network) ?? []
  const strange = (network: string, scene: WalkerFacts): boolean =>
    (entropies(network, scene)[0] ?? 0) > thresholdNats + marginNats
  const known = facts.filter((scene) =>
    entropies(scene.partition, scene).every((entropy) => entropy < thresholdNats - marginNats),
  )
  for (const a of known.filter((scene) => strange(generalistId, scene))) {
    for (const b of known.filter(
      (scene) =>
        scene.partition !== a.partition && strange(a.partition, scene) && strange(scene.partition, a),
    )) {
      const c = known.find(
        (scene) =>
          ![a.partition, b.partition].includes(scene.partition) &&
          [a, b].every((other) => strange(other.partition, scene) && strange(scene.partition, other)),
      )
      if (c !== undefined) return { manifest, scenes: [a, b, c] }
    }
  }
  throw new Error(
    `Of the bundle's ${facts.length} walkers ${known.length} are known to their partitions throughout, and no three of them make a story.`,
  )
}
