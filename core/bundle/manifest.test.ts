import { beforeAll, describe, expect, it } from 'vitest'
import { createSampleBundle, type SampleBundle } from '../testing/sample-bundle.ts'
import { blobsOf, parseManifest, type Manifest } from './manifest.ts'

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
  it('reads version 1 as what it meant in version 2', () => {
    const old = altered((manifest) => {
      Object.assign(manifest, { schemaVersion: 1, selector: undefined })
      Object.assign(manifest.gate, { order: undefined, asksGeneralist: undefined, localities: undefined })
    })
    expect(parseManifest(old)).toEqual(sample.manifest)
  })

  it('reads rows that counted changes alone: what else a device sees tells them nothing', () => {
    const row = { changeRate: 0.1, thresholdNats: 1, generalistThresholdNats: 1, maxProbes: 1, order: 'recent-first', asksGeneralist: false, coverage: 0.8, accuracy: 0.9, fullAccuracy: 0.9 }
    const old = altered(({ gate }) => {
      Object.assign(gate, { localities: [{ ...row, observedChangeRates: [0.1, 0.4] }, { ...row, observedChangeRates: [0.2, 0.6] }] })
    })
    const thirds = (hits: number, changes: number): unknown[] => [hits, 0, changes].flatMap((share) => new Array<unknown>(3).fill(expect.closeTo(share / 3, 9)))
    const { localities } = parseManifest(old).gate
    expect(localities[0]!.observed).toEqual([
      { events: thirds(0.9, 0.1), coverage: 0.8, loss: 0 },
      { events: thirds(0.6, 0.4), coverage: 0.8, loss: 1 },
    ])
    expect(localities[1]!.observed.map(({ loss }) => loss)).toEqual([0, 0])
  })

  it('reads rows that knew of an answer only whether it repeats the one before', () => {
    const row = { changeRate: 0.1, thresholdNats: 1, generalistThresholdNats: 1, maxProbes: 1, order: 'recent-first', asksGeneralist: false, coverage: 0.8, accuracy: 0.9, fullAccuracy: 0.9 }
    const old = altered(({ gate }) => {
      Object.assign(gate, { localities: [{ ...row, observed: [{ events: [0.5, 0.25, 0, 0, 0.125, 0.125], coverage: 0.8, loss: 0 }] }] })
    })
    expect(parseManifest(old).gate.localities[0]?.observed[0]?.events).toEqual([0.5, 0.125, 0.125, 0, 0, 0, 0.125, 0.0625, 0.0625])
  })

  it('reads a bundle of deltas, and names each of them', async () => {
    const { manifest, blobs } = await createSampleBundle({ hasDeltas: true })
    expect(parseManifest(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest)
    expect(blobsOf(manifest).filter(({ role }) => role === 'delta').map(({ id }) => id)).toEqual(['p0', 'p1', 'p2', 'p3'])
    expect(new Set(blobsOf(manifest).map(({ ref }) => ref.sha256))).toEqual(new Set(blobs.keys()))
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
    expect(blobsOf(sample.manifest).map(({ id }) => id)).toEqual(['full', 'encoder', 'generalist', 'p0', 'p1', 'p2', 'p3'])
    expect(new Set(blobsOf(sample.manifest).map(({ ref }) => ref.sha256))).toEqual(new Set(sample.blobs.keys()))
  })

  it.each([0, 3, 99])('refuses schema version %d by its own code', (version) => {
    const other = { ...sample.manifest, schemaVersion: version }
    expect(() => parseManifest(other)).toThrow(expect.objectContaining({ code: 'manifest-version-unsupported', details: { found: version, supported: [1, 2] } }))
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
    ['an encoder and nothing to choose', (manifest) => (manifest.partitions = [])],
    ['layers that do not fit one another', (manifest) => manifest.networks.partition.layers.unshift({ kind: 'globalPool', mode: 'max' })],
  ])('refuses %s', (_, change) => {
    expect(() => parseManifest(altered(change))).toThrow(expect.objectContaining({ code: 'manifest-invalid' }))
  })
})
