import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { decodeWeights } from '../../core/bundle/weights.ts'
import { strangeness } from '../../core/gate/strangeness.ts'
import { planNetwork } from '../../core/network/plan.ts'
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
  const manifestOf = async (strategy: Played): Promise<Manifest> =>
    parseManifest(JSON.parse(await readFile(join(folder, ids.get(strategy) ?? '', 'manifest.json'), 'utf8')))
  const blobOf = async (strategy: Played, sha256: string): Promise<Uint8Array> =>
    new Uint8Array(await readFile(join(folder, ids.get(strategy) ?? '', 'blobs', `${sha256}.bin`)))

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
    expect(networks.generalist).toEqual(original.networks.full)
    expect(generalist).toEqual({ ...original.full, mostStrange: expect.any(Number) as number })
    expect(strangeness(new Float32Array(10), false)).toBeLessThan(generalist.mostStrange ?? 0)
    expect(partitions).toEqual([])
    expect(gate.generalistThresholdNats).toBeGreaterThan(Math.log(original.classNames.length))
    expect(gate.localities).toEqual([])
  })

  it('answer everything by the generalist, where the cost of a hit is wanted', async () => {
    const { networks, generalist, partitions } = await manifestOf('hit')
    expect(networks.generalist).toEqual(original.networks.generalist)
    expect(strangeness(new Float32Array(10), false)).toBeLessThan(generalist.mostStrange ?? 0)
    expect(partitions).toEqual([])
  })

  it('send everything to the edge, at next to no cost on the device', async () => {
    const { networks, generalist, gate } = await manifestOf('edge')
    // Or the page would take all for novel, and no scene would ever be known.
    expect(strangeness(new Float32Array(10), false)).toBeLessThan(generalist.mostStrange ?? 0)
    expect(planNetwork(networks.generalist).megaMacs).toBeLessThan(
      planNetwork(original.networks.generalist).megaMacs / 100,
    )
    expect(
      decodeWeights(networks.generalist, await blobOf('edge', generalist.whole.sha256)).every(({ values }) =>
        values.every((value) => value === 0),
      ),
    ).toBe(true)
    expect(gate).toMatchObject({ thresholdNats: 0, generalistThresholdNats: 0, localities: [] })
    expect(networks.full).toEqual(original.networks.full)
  })

  it('give each opponent the settings that were calibrated for it', async () => {
    const { cascade, cascadeScene } = readCalibration(original)
    expect((await manifestOf('cascade')).gate).toMatchObject(cascade.gate)
    expect((await manifestOf('cascade')).partitions).toEqual([])
    expect(await manifestOf('cascade-scene')).toMatchObject({
      partitions: [],
      gate: { ...cascadeScene.gate, localities: cascadeScene.localities },
    })
    expect((await manifestOf('fixed')).gate).toEqual({ ...original.gate, localities: [] })
    expect((await manifestOf('adaptive')).gate).toEqual(original.gate)
  })

  it('tell the full model of the scene what the bundle’s own gate is told', async () => {
    const prior = original.gate.localities.find(({ scenePrior }) => scenePrior !== undefined)?.scenePrior
    expect(prior).toBeDefined()
    for (const strategy of ['device-scene', 'edge-scene'] as const)
      expect((await manifestOf(strategy)).gate.scenePrior).toEqual(prior)
    for (const strategy of ['device', 'edge'] as const)
      expect((await manifestOf(strategy)).gate.scenePrior).toBeUndefined()
  })
})
