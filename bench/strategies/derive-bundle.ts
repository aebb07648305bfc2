import { encodeDelta, planDelta, type DeltaSpec } from '../../core/bundle/delta.ts'
import { sha256Hex } from '../../core/bundle/hash.ts'
import { parseManifest, type BlobRef, type Manifest, type Partition } from '../../core/bundle/manifest.ts'
import { decodeWeights, encodeWeights, type NamedTensor } from '../../core/bundle/weights.ts'
import { networkSpecSchema, planNetwork, type NetworkSpec } from '../../core/network/spec.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { readCalibration } from '../../train/calibration/read-calibration.ts'
import type { CalibratedGate } from '../../train/stages/5-calibrate.ts'
import type { Played } from './strategy.ts'

export interface DerivedBundle {
  readonly manifest: Manifest
  /** Blobs that the bundle it comes from has not, by their hash. */
  readonly newBlobs: ReadonlyMap<string, Uint8Array>
}

/** A stream is answered wherever the entropy is; it cannot exceed ln C ≤ ln 10,000. */
const anyEntropy = 10

const alwaysOnDevice: CalibratedGate = { gate: { thresholdNats: anyEntropy, generalistThresholdNats: anyEntropy, maxProbes: 0, order: 'recent-first', asksGeneralist: true }, localities: [] }
const neverOnDevice: CalibratedGate = { gate: { ...alwaysOnDevice.gate, thresholdNats: 0, generalistThresholdNats: 0 }, localities: [] }

/** Masked classes get this bias: as a half float it is still finite, and no logit comes near. */
const maskedBias = -30_000
/** Only the head differs; it is replaced whole. */
const headOf = ({ layers }: NetworkSpec): string => {
  const head = layers.at(-1)
  if (head?.kind !== 'dense') throw new CacheNetError('manifest-invalid', 'The network does not end in a dense layer.')
  return head.name
}

function withGate(manifest: Manifest, { gate, localities }: CalibratedGate): Manifest {
  return { ...manifest, gate: { ...gate, curve: [], localities: [...localities] } }
}

/** Without partitions nothing is selected, so the edge encodes nothing: an opponent pays for no encoder that it has no use for. */
function withoutPartitions(manifest: Manifest): Manifest {
  const { encoder: _spec, delta: _delta, ...networks } = manifest.networks
  const { encoder: _weights, ...rest } = manifest
  return { ...rest, networks, partitions: [], selector: { keepShare: 1 } }
}

/** Hardly a network: it is uncertain of everything, in next to no time, so that every frame goes to the edge. */
const shrug = ({ input, classNames }: Manifest): NetworkSpec =>
  networkSpecSchema.parse({ inputShape: [input.height, input.width, input.channels], layers: [{ kind: 'globalPool', mode: 'average' }, { kind: 'dense', name: 'head', units: classNames.length }] })

/**
 * The bundle with which the product itself, page, worker and edge, plays a strategy. Nothing of the product knows of strategies: Device
 * is a bundle whose generalist is the full model and whose gate lets everything through; Edge one whose generalist knows nothing;
 * Cascade one without partitions; Cascade + prior one whose partitions are the generalist with masked classes, which
 * travel as deltas of the head alone.
 *
 * @param readBlob content of a blob of the bundle
 */
export async function deriveBundle(strategy: Played, original: Manifest, readBlob: (ref: BlobRef) => Promise<Uint8Array>): Promise<DerivedBundle> {
  const newBlobs = new Map<string, Uint8Array>()
  const store = async (bytes: Uint8Array): Promise<BlobRef> => {
    const sha256 = await sha256Hex(new Uint8Array(bytes))
    newBlobs.set(sha256, bytes)
    return { bytes: bytes.byteLength, sha256 }
  }
  const named = { ...original, id: `${original.id}-${strategy}`.slice(0, 63), metrics: {} }
  const finish = (manifest: Manifest): DerivedBundle => ({ manifest: parseManifest(manifest), newBlobs })
  switch (strategy) {
    case 'adaptive':
      return finish(named)
    case 'fixed':
      return finish({ ...named, gate: { ...named.gate, localities: [] } })
    case 'cascade':
      return finish(withGate(withoutPartitions(named), readCalibration(original).cascade))
    case 'cascade-scene':
      return finish(withGate(withoutPartitions(named), readCalibration(original).cascadeScene))
    case 'hit':
      return finish(withGate(withoutPartitions(named), alwaysOnDevice))
    case 'device': {
      const { networks, full } = named
      const base = withoutPartitions({ ...named, generalist: full })
      return finish(withGate({ ...base, networks: { ...base.networks, partition: networks.full } }, alwaysOnDevice))
    }
    case 'edge': {
      const spec = shrug(original)
      const nothing = planNetwork(spec).tensors.map(({ name, shape, size }): NamedTensor => ({ name, shape, values: new Float32Array(size) }))
      const whole = await store(encodeWeights(spec, nothing))
      const base = withoutPartitions({ ...named, generalist: { whole, temperature: 1 } })
      return finish(withGate({ ...base, networks: { ...base.networks, partition: spec } }, neverOnDevice))
    }
    case 'cascade-prior': {
      const { cascadePrior } = readCalibration(original)
      const spec = original.networks.partition
      const weights = decodeWeights(spec, await readBlob(original.generalist.whole))
      const delta = { layers: [{ name: headOf(spec), rank: 0 }] }
      const partitions: Partition[] = []
      for (const [index, partition] of original.partitions.entries()) {
        const masked = maskClasses(spec, weights, cascadePrior.classes[index] ?? [])
        const { temperature } = original.generalist
        partitions.push({
          ...partition,
          temperature,
          whole: await store(encodeWeights(spec, masked)),
          delta: { ...(await store(headDelta(spec, delta, masked))), temperature },
        })
      }
      return finish(withGate({ ...named, partitions, networks: { ...named.networks, delta: { layers: [...delta.layers] } } }, cascadePrior))
    }
    default:
      return strategy satisfies never
  }
}

function maskClasses(spec: NetworkSpec, weights: readonly NamedTensor[], allowed: readonly boolean[]): NamedTensor[] {
  const name = `${headOf(spec)}/bias`
  return weights.map((tensor) => (tensor.name === name ? { ...tensor, values: tensor.values.map((value, index) => (allowed[index] === true ? value : maskedBias)) } : tensor))
}

function headDelta(spec: NetworkSpec, delta: DeltaSpec, weights: readonly NamedTensor[]): Uint8Array {
  const valuesOf = new Map(weights.map(({ name, values }) => [name, values]))
  return encodeDelta(spec, delta, new Map(planDelta(spec, delta).fields.map(({ name }) => [name, valuesOf.get(name) ?? new Float32Array()])))
}
