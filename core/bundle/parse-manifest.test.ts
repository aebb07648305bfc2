import { beforeAll, describe, expect, it } from 'vitest'
import type { ConvLayer } from '../network/layer.ts'
import type { NetworkSpec } from '../network/spec.ts'
import { createSampleBundle, type SampleBundle } from '../testing/sample-bundle.ts'
import { blobsOf } from './manifest-blobs.ts'
import { fullInputOf, outputsOf, specOfPartition } from './manifest-networks.ts'
import { parseManifest } from './parse-manifest.ts'
import type { Manifest } from './manifest.ts'

let sample: SampleBundle
beforeAll(async () => {
  sample = await createSampleBundle()
})

/** The sample manifest, as JSON, with something done to it. */
function altered(change: (manifest: Manifest) => void): unknown {
  const copy = structuredClone(sample.manifest)
  change(copy)
  return JSON.parse(JSON.stringify(copy))
}

describe('parseManifest', () => {
  it('reads version 2 as what it meant: the generalist and all partitions had one network', () => {
    const old = altered((manifest) => {
      const { generalist: _, ...networks } = manifest.networks
      Object.assign(manifest, { schemaVersion: 2, networks })
    })
    expect(parseManifest(old)).toEqual(sample.manifest)
  })

  it('reads a full model that somebody brought, with an input of its own', () => {
    const graph = {
      kind: 'onnx',
      input: { width: 224, height: 224, channels: 3, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
      features: 1280,
      outputs: 4,
      isBatched: true,
      megaMacs: 300.5,
      activationBytes: 5e6,
    }
    const brought = (change: Record<string, unknown>, schemaVersion = 4): unknown =>
      altered((manifest) => {
        const { encoder: _network, ...networks } = manifest.networks
        Object.assign(manifest, {
          schemaVersion,
          networks: { ...networks, full: { ...graph, ...change } },
          full: { ...manifest.full, licence: { bytes: 12, sha256: 'a'.repeat(64) } },
          partitions: [],
          encoder: undefined,
        })
      })
    const manifest = parseManifest(brought({}))
    expect(fullInputOf(manifest)).toEqual(graph.input)
    expect(fullInputOf(sample.manifest)).toBe(sample.manifest.input)
    expect(blobsOf(manifest).map(({ role }) => role)).toEqual(['full', 'licence', 'generalist'])
    const refused = expect.objectContaining({ code: 'manifest-invalid' }) as Error
    for (const wrong of [{ outputs: 5 }, { kind: 'tflite' }, { features: 5000 }])
      expect(() => parseManifest(brought(wrong))).toThrow(refused)
    // Programs that read no more than version 3 would not understand it.
    expect(() => parseManifest(brought({}, 3))).toThrow(refused)
  })

  it('reads depthwise layers from version 5 on, where older programs say that they are too old', () => {
    const separable = (schemaVersion: number): unknown =>
      altered((manifest) => {
        const { layers } = manifest.networks.full as NetworkSpec
        const at = layers.findIndex(({ kind }) => kind === 'residual')
        const { filters } = layers[at - 1] as ConvLayer
        layers[at] = {
          kind: 'residual',
          layers: [{ kind: 'depthwise', name: 'inner', stride: 1, activation: 'relu' }],
        }
        manifest.full.whole.bytes -= 2 * 9 * (filters * filters - filters)
        Object.assign(manifest, { schemaVersion })
      })
    expect(parseManifest(separable(5)).schemaVersion).toBe(5)
    for (const older of [3, 4])
      expect(() => parseManifest(separable(older))).toThrow(
        expect.objectContaining({ code: 'manifest-invalid', details: { leastVersion: 5 } }),
      )
  })

  it('reads partitions with heads of their own, each on what all share', async () => {
    const { manifest, blobs } = await createSampleBundle({ hasDeltas: true, hasHeads: true })
    expect(parseManifest(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest)
    const [first] = manifest.partitions
    expect(specOfPartition(manifest, first!).layers.at(-1)).toMatchObject({
      units: first!.classIndices.length + 1,
    })
    expect(outputsOf(manifest, first!.id)).toBe(first!.classIndices.length + 1)
    expect(outputsOf(manifest, 'generalist')).toBe(manifest.classNames.length)
    expect(blobsOf(manifest).every(({ ref }) => blobs.get(ref.sha256)?.byteLength === ref.bytes)).toBe(true)
  })

  it('reads a bundle of deltas, and names each of them', async () => {
    const { manifest, blobs } = await createSampleBundle({ hasDeltas: true })
    expect(parseManifest(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest)
    expect(
      blobsOf(manifest)
        .filter(({ role }) => role === 'delta')
        .map(({ id }) => id),
    ).toEqual(['p0', 'p1', 'p2', 'p3'])
    expect(new Set(blobsOf(manifest).map(({ ref }) => ref.sha256))).toEqual(new Set(blobs.keys()))
  })

  it('reads deltas of older programs, and refuses those of a rank', async () => {
    const { manifest } = await createSampleBundle({ hasDeltas: true })
    const ranked = (rank: number): unknown => ({
      ...manifest,
      networks: { ...manifest.networks, delta: { layers: [{ name: 'head', rank }] } },
    })
    expect(() => parseManifest(ranked(2))).toThrow(expect.objectContaining({ code: 'manifest-invalid' }))
    const layers = manifest.networks.delta?.layers.map((layer) => ({ ...layer, rank: 0 }))
    const older = { ...manifest, networks: { ...manifest.networks, delta: { layers } } }
    expect(parseManifest(older)).toEqual(older)
  })

  it('reads a bundle whose generalist alone serves', () => {
    const plain = altered((manifest) => {
      manifest.partitions = []
      delete manifest.encoder
      delete manifest.networks.encoder
    })
    expect(blobsOf(parseManifest(plain)).map(({ role }) => role)).toEqual(['full', 'generalist'])
  })

  it('reads what it wrote', () => {
    expect(parseManifest(altered(() => undefined))).toEqual(sample.manifest)
  })

  it('names every blob that there is', () => {
    expect(blobsOf(sample.manifest).map(({ id }) => id)).toEqual([
      'full',
      'encoder',
      'generalist',
      'p0',
      'p1',
      'p2',
      'p3',
    ])
    expect(new Set(blobsOf(sample.manifest).map(({ ref }) => ref.sha256))).toEqual(
      new Set(sample.blobs.keys()),
    )
  })

  it.each([0, 1, 6, 99])('refuses schema version %d by its own code', (version) => {
    const other = { ...sample.manifest, schemaVersion: version }
    expect(() => parseManifest(other)).toThrow(
      expect.objectContaining({
        code: 'manifest-version-unsupported',
        details: { found: version, supported: [2, 3, 4, 5] },
      }),
    )
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a page', '<!doctype html>'],
    ['an empty object', {}],
  ])('refuses %s', (_, value) => {
    expect(() => parseManifest(value)).toThrow(expect.objectContaining({ code: 'manifest-invalid' }))
  })

  it.each<[string, (manifest: Manifest) => void]>([
    ['a blob of another length than its network', (manifest) => manifest.partitions[1]!.whole.bytes++],
    ['a hash that is none', (manifest) => (manifest.full.whole.sha256 = 'abc')],
    ['another count of classes than the networks have', (manifest) => manifest.classNames.push('eel')],
    ['another input size than the networks read', (manifest) => (manifest.input.width = 17)],
    ['fewer partitions than the code has values', (manifest) => manifest.partitions.pop()],
    ['two partitions of one name', (manifest) => (manifest.partitions[0]!.id = manifest.partitions[1]!.id)],
    ['an encoder that does not fit its trunk', (manifest) => (manifest.networks.encoder!.trunk = 'own')],
    [
      'a head with another count of shares than of classes',
      (manifest) => (manifest.partitions[0]!.prior = [0.5, 0.5, 0.5]),
    ],
    [
      'a head that names a class that there is not',
      (manifest) => (manifest.partitions[0]!.classIndices = [99]),
    ],
    ['an encoder and nothing to choose', (manifest) => (manifest.partitions = [])],
    [
      'layers that do not fit one another',
      (manifest) => manifest.networks.partition.layers.unshift({ kind: 'globalPool', mode: 'max' }),
    ],
  ])('refuses %s', (_, change) => {
    expect(() => parseManifest(altered(change))).toThrow(
      expect.objectContaining({ code: 'manifest-invalid' }),
    )
  })
})
