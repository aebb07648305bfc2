import { requireLayers } from '../../core/bundle/full-network.ts'
import { sha256Hex } from '../../core/bundle/hash.ts'
import type { BlobRef } from '../../core/bundle/blob-ref.ts'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { encodeWeights, type NamedTensor } from '../../core/bundle/weights.ts'
import { networkSpecSchema, type NetworkSpec } from '../../core/network/spec.ts'
import { planNetwork } from '../../core/network/plan.ts'
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

const alwaysOnDevice: CalibratedGate = {
  gate: {
    thresholdNats: anyEntropy,
    generalistThresholdNats: anyEntropy,
    maxProbes: 0,
    order: 'recent-first',
    asksGeneralist: true,
  },
  localities: [],
}
const neverOnDevice: CalibratedGate = {
  gate: { ...alwaysOnDevice.gate, thresholdNats: 0, generalistThresholdNats: 0 },
  localities: [],
}

/** The same with the scene prior that the bundle's own gate goes by. */
function told(
  { gate, localities }: CalibratedGate,
  isTold: boolean,
  { gate: own }: Manifest,
): CalibratedGate {
  const scenePrior = own.localities.find((row) => row.scenePrior !== undefined)?.scenePrior ?? own.scenePrior
  return { gate: { ...gate, ...(isTold && scenePrior !== undefined ? { scenePrior } : {}) }, localities }
}

function withGate(manifest: Manifest, { gate, localities }: CalibratedGate): Manifest {
  return { ...manifest, gate: { ...gate, curve: [], localities: [...localities] } }
}

/**
 * Without partitions nothing is selected, so the edge encodes nothing: an opponent pays for no encoder that
 * it has no use for.
 */
function withoutPartitions(manifest: Manifest): Manifest {
  const { encoder: _spec, delta: _delta, ...networks } = manifest.networks
  const { encoder: _weights, ...rest } = manifest
  return { ...rest, networks, partitions: [], selector: { keepShare: 1 } }
}

/**
 * Nothing is strange to who answers everything, nor to who knows nothing. Where a bundle does not say what
 * is, the page looks at how spread an answer is: it would ask the edge about the full model's own doubtful
 * answers, and the scene would learn nothing of frames that a network knows nothing of.
 */
const neverStrange = 1e6

/**
 * Hardly a network: it is uncertain of everything, in next to no time, so that every frame goes to the edge.
 */
const shrug = ({ input, classNames }: Manifest): NetworkSpec =>
  networkSpecSchema.parse({
    inputShape: [input.height, input.width, input.channels],
    layers: [
      { kind: 'globalPool', mode: 'average' },
      { kind: 'dense', name: 'head', units: classNames.length },
    ],
  })

/**
 * The bundle with which the product itself, page, worker and edge, plays a strategy. Nothing of the product
 * knows of strategies: Device is a bundle whose generalist is the full model and whose gate lets everything
 * through; Edge one whose generalist knows nothing; Cascade one without partitions. With *+ scene* each has
 * the scene prior that CacheNet has.
 */
export async function deriveBundle(strategy: Played, original: Manifest): Promise<DerivedBundle> {
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
      return finish(
        withGate(
          withoutPartitions({ ...named, generalist: { ...named.generalist, mostStrange: neverStrange } }),
          alwaysOnDevice,
        ),
      )
    case 'device':
    case 'device-scene': {
      const { networks, full } = named
      const layers = requireLayers(networks.full)
      const base = withoutPartitions({ ...named, generalist: { ...full, mostStrange: neverStrange } })
      return finish(
        withGate(
          { ...base, networks: { ...base.networks, generalist: layers, partition: layers } },
          told(alwaysOnDevice, strategy === 'device-scene', original),
        ),
      )
    }
    case 'edge':
    case 'edge-scene': {
      const spec = shrug(original)
      const nothing = planNetwork(spec).tensors.map(({ name, shape, size }): NamedTensor => ({
        name,
        shape,
        values: new Float32Array(size),
      }))
      const whole = await store(encodeWeights(spec, nothing))
      const base = withoutPartitions({
        ...named,
        generalist: { whole, temperature: 1, mostStrange: neverStrange },
      })
      return finish(
        withGate(
          { ...base, networks: { ...base.networks, generalist: spec, partition: spec } },
          told(neverOnDevice, strategy === 'edge-scene', original),
        ),
      )
    }
    default:
      return strategy satisfies never
  }
}
