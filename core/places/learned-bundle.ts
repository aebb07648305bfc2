import { CacheNetError } from '../wire/errors.ts'
import { parseManifest } from '../bundle/parse-manifest.ts'
import type { Manifest, Partition } from '../bundle/manifest.ts'
import { decodeWeights, encodeWeights, type NamedTensor } from '../bundle/weights.ts'
import type { NetworkSpec } from '../network/spec.ts'
import type { LearnedNetwork } from './learn-result.ts'

/** A manifest, and the weights of its encoder: what changes when a place is learned or forgotten. */
export interface EncodedManifest {
  readonly manifest: Manifest
  readonly encoder: Uint8Array<ArrayBuffer>
}

export interface LearnedPlace {
  readonly id: string
  readonly name: string
  readonly at: Date
  readonly result: LearnedNetwork
}

/** Hashes are asked for from outside: core has no way to them that does not wait. */
export type HashOf = (bytes: Uint8Array<ArrayBuffer>) => string

/**
 * z̄ of a partition that was added: the code never chooses it, for it was trained with the others. The belief
 * in its scene does.
 */
const neverChosen = -40
const mostPartitions = 64

/** Another count of outputs for the last layer of a network, by what is made of each row of weights. */
function changeOutputs(
  spec: NetworkSpec,
  blob: Uint8Array,
  change: (row: readonly number[], isBias: boolean) => number[],
): { spec: NetworkSpec; blob: Uint8Array<ArrayBuffer> } {
  const last = spec.layers.at(-1)
  if (last?.kind !== 'dense')
    throw new CacheNetError('manifest-invalid', 'The encoder does not end in a dense layer.', {})
  const weights = decodeWeights(spec, blob).map((tensor): NamedTensor => {
    if (!tensor.name.startsWith(`${last.name}/`)) return tensor
    const outputs = tensor.shape.at(-1) ?? 0
    const rows = Array.from({ length: tensor.values.length / outputs }, (_, row) =>
      change([...tensor.values.subarray(row * outputs, (row + 1) * outputs)], tensor.name.endsWith('/bias')),
    )
    const units = rows[0]?.length ?? 0
    return {
      ...tensor,
      shape: [...tensor.shape.slice(0, -1), units],
      values: Float32Array.from(rows.flat()),
    }
  })
  const units = weights.find(({ name }) => name === `${last.name}/bias`)?.values.length ?? 0
  const changed: NetworkSpec = { ...spec, layers: [...spec.layers.slice(0, -1), { ...last, units }] }
  return { spec: changed, blob: new Uint8Array(encodeWeights(changed, weights)) }
}

function withEncoder(
  { manifest, encoder }: EncodedManifest,
  change: (row: readonly number[], isBias: boolean) => number[],
  hashOf: HashOf,
): EncodedManifest {
  const { networks } = manifest
  if (networks.encoder === undefined)
    throw new CacheNetError('manifest-invalid', 'A bundle without an encoder learns no place.', {})
  const { spec, blob } = changeOutputs(networks.encoder.spec, encoder, change)
  return {
    encoder: blob,
    manifest: {
      ...manifest,
      networks: { ...networks, encoder: { ...networks.encoder, spec } },
      encoder: { whole: { bytes: blob.byteLength, sha256: hashOf(blob) } },
    },
  }
}

/** An id and a scene's name that nothing of the bundle has. */
const freeName = (wanted: string, taken: readonly string[]): string => {
  let name = wanted
  for (let at = 2; taken.includes(name); at++) name = `${wanted}-${at}`
  return name
}

const checked = (bundle: EncodedManifest, at: Date): EncodedManifest => ({
  ...bundle,
  manifest: parseManifest({ ...bundle.manifest, createdAt: at.toISOString() }),
})

/**
 * The next version of a bundle, with a learned partition: in the place of the one that knew the place, or
 * behind all others with a scene of its own. Throws `config-invalid` where the bundle has as many partitions
 * as there may be, `manifest-invalid` where the result does not fit the bundle.
 */
export function withLearned(bundle: EncodedManifest, place: LearnedPlace, hashOf: HashOf): EncodedManifest {
  const { manifest } = bundle
  const { partitions, scenes } = manifest
  const { result, id, name, at } = place
  const index = partitions.findIndex(
    (partition) => partition.learned?.place === id || partition.id === result.replaces,
  )
  const before = partitions[index]
  if (before === undefined && partitions.length >= mostPartitions)
    throw new CacheNetError(
      'config-invalid',
      `The bundle has ${mostPartitions} partitions, and no more fit. Forget a place first.`,
      {},
    )
  const learnedBefore = before?.learned
  const replaced = learnedBefore === undefined ? before : learnedBefore.replaced
  const scene =
    before === undefined
      ? freeName(
          name,
          (scenes?.places ?? []).map((known) => known.name),
        )
      : learnedBefore?.scene
  const partition: Partition = {
    id: freeName(
      `learned-${id}`,
      partitions.filter((_, other) => other !== index).map((other) => other.id),
    ),
    name,
    whole: result.whole,
    temperature: result.temperature,
    ...(result.mostStrange === undefined ? {} : { mostStrange: result.mostStrange }),
    classIndices: result.classIndices,
    prior: result.prior,
    share: before?.share ?? 0,
    learned: {
      place: id,
      at: at.toISOString(),
      frames: result.frames,
      before: result.before,
      after: result.after,
      ...(replaced === undefined ? {} : { replaced }),
      ...(scene === undefined ? {} : { scene }),
      ...(result.light === undefined ? {} : { light: result.light }),
    },
  }
  const places = scenes?.places ?? []
  const weight = places.reduce((sum, known) => sum + known.weight, 0) / Math.max(1, places.length)
  const ofScene = { name: scene ?? '', weight: weight > 0 ? weight : 1, shares: result.sceneShares }
  const isKnownScene = places.some((known) => known.name === scene)
  const next: Manifest = {
    ...manifest,
    partitions:
      before === undefined
        ? [...partitions, partition]
        : partitions.map((other, at) => (at === index ? partition : other)),
    ...(scenes === undefined || scene === undefined
      ? {}
      : {
          scenes: {
            ...scenes,
            places: isKnownScene
              ? places.map((known) => (known.name === scene ? ofScene : known))
              : [...places, ofScene],
          },
        }),
  }
  const widened =
    before === undefined
      ? withEncoder(
          { ...bundle, manifest: next },
          (row, isBias) => [...row, isBias ? neverChosen : 0],
          hashOf,
        )
      : { ...bundle, manifest: next }
  return checked(widened, at)
}

/**
 * The next version of a bundle without what was learned of a place: what it replaced is back. The same bundle
 * where nothing was. Throws `manifest-invalid`.
 */
export function withoutLearned(
  bundle: EncodedManifest,
  place: string,
  at: Date,
  hashOf: HashOf,
): EncodedManifest {
  const { manifest } = bundle
  const { partitions, scenes } = manifest
  const index = partitions.findIndex(({ learned }) => learned?.place === place)
  const learned = partitions[index]?.learned
  if (learned === undefined) return bundle
  const { replaced, scene } = learned
  if (replaced !== undefined)
    return checked(
      {
        ...bundle,
        manifest: {
          ...manifest,
          partitions: partitions.map((other, of) => (of === index ? replaced : other)),
        },
      },
      at,
    )
  const next: Manifest = {
    ...manifest,
    partitions: partitions.filter((_, other) => other !== index),
    ...(scenes === undefined
      ? {}
      : { scenes: { ...scenes, places: scenes.places.filter(({ name }) => name !== scene) } }),
  }
  return checked(
    withEncoder({ ...bundle, manifest: next }, (row) => row.filter((_, of) => of !== index), hashOf),
    at,
  )
}

/**
 * The next version of a bundle in which what was learned of a place is certain less often: its logits are
 * divided by more before the softmax. The same bundle where nothing was learned there.
 */
export function withLessCertain(
  bundle: EncodedManifest,
  place: string,
  factor: number,
  at: Date,
): EncodedManifest {
  const { manifest } = bundle
  if (!manifest.partitions.some(({ learned }) => learned?.place === place)) return bundle
  const partitions = manifest.partitions.map((partition) =>
    partition.learned?.place === place
      ? { ...partition, temperature: partition.temperature * factor }
      : partition,
  )
  return checked({ ...bundle, manifest: { ...manifest, partitions } }, at)
}
