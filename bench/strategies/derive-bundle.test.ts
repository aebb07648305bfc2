import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyDelta } from '../../core/bundle/delta.ts'
import { parseManifest, type Manifest } from '../../core/bundle/manifest.ts'
import { decodeWeights } from '../../core/bundle/weights.ts'
import { planNetwork } from '../../core/network/spec.ts'
import { openBundle } from '../../edge/bundles/stored-bundle.ts'
import { temporaryFolder } from '../../edge/testing/bundle-folder.ts'
import { readCalibration } from '../../train/calibration/read-calibration.ts'
import { strategyNames, type Played } from './strategy.ts'
import { writeDerivedBundles } from './write-derived-bundles.ts'

const bundle = 'public/bundles/walkers'

describe('bundles derived from a released one', () => {
  let folder: string
  let remove: () => Promise<void>
  let original: Manifest
  let ids: ReadonlyMap<Played, string>
  const manifestOf = async (strategy: Played): Promise<Manifest> => parseManifest(JSON.parse(await readFile(join(folder, ids.get(strategy) ?? '', 'manifest.json'), 'utf8')))
  const blobOf = async (strategy: Played, sha256: string): Promise<Uint8Array> => new Uint8Array(await readFile(join(folder, ids.get(strategy) ?? '', 'blobs', `${sha256}.bin`)))

  beforeAll(async () => {
    ;({ folder, remove } = await temporaryFolder())
    ;({ original, ids } = await writeDerivedBundles(bundle, [...strategyNames, 'hit'], folder))
  })
  afterAll(() => remove())

  it('are all ones that an edge serves', async () => {
    // Reads every blob, and checks lengths and hashes.
    for (const id of ids.values()) expect((await openBundle(join(folder, id))).manifest.id).toBe(id)
    expect(new Set(ids.values()).size).toBe(strategyNames.length + 1)
  })

  it('run the full model on the device, and let everything through', async () => {
    const { networks, generalist, partitions, gate } = await manifestOf('device')
    expect(networks.partition).toEqual(original.networks.full)
    expect(generalist).toEqual(original.full)
    expect(partitions).toEqual([])
    expect(gate.generalistThresholdNats).toBeGreaterThan(Math.log(original.classNames.length))
    expect(gate.localities).toEqual([])
  })

  it('send everything to the edge, at next to no cost on the device', async () => {
    const { networks, generalist, gate } = await manifestOf('edge')
    expect(planNetwork(networks.partition).megaMacs).toBeLessThan(planNetwork(original.networks.partition).megaMacs / 100)
    expect(decodeWeights(networks.partition, await blobOf('edge', generalist.whole.sha256)).every(({ values }) => values.every((value) => value === 0))).toBe(true)
    expect(gate).toMatchObject({ thresholdNats: 0, generalistThresholdNats: 0, localities: [] })
    expect(networks.full).toEqual(original.networks.full)
  })

  it('give each opponent the settings that were calibrated for it', async () => {
    const { cascade, cascadeScene, cascadePrior } = readCalibration(original)
    expect((await manifestOf('cascade')).gate).toMatchObject(cascade.gate)
    expect((await manifestOf('cascade')).partitions).toEqual([])
    expect(await manifestOf('cascade-scene')).toMatchObject({ partitions: [], gate: { ...cascadeScene.gate, localities: cascadeScene.localities } })
    expect((await manifestOf('cascade-prior')).gate).toMatchObject({ ...cascadePrior.gate, localities: cascadePrior.localities })
    expect((await manifestOf('fixed')).gate).toEqual({ ...original.gate, localities: [] })
    expect((await manifestOf('adaptive')).gate).toEqual(original.gate)
  })

  it('mask the classes that are not in a region, whole and as a delta', async () => {
    const { classes } = readCalibration(original).cascadePrior
    const { networks, partitions } = await manifestOf('cascade-prior')
    const base = decodeWeights(networks.partition, await blobOf('cascade-prior', original.generalist.whole.sha256))
    for (const [index, { whole, delta }] of partitions.entries()) {
      const masked = decodeWeights(networks.partition, await blobOf('cascade-prior', whole.sha256))
      const bias = masked.find(({ name }) => name === 'head/bias')?.values
      expect(Array.from(bias ?? [], (value) => value > -1000)).toEqual(classes[index])
      expect(masked.filter(({ name }) => name !== 'head/bias')).toEqual(base.filter(({ name }) => name !== 'head/bias'))
      expect(applyDelta(networks.partition, networks.delta ?? { layers: [] }, base, await blobOf('cascade-prior', delta?.sha256 ?? ''))).toEqual(masked)
    }
    // A mask that allows everything would not be one.
    expect(classes.every((allowed) => allowed.includes(false))).toBe(true)
  })
})
