import { signal } from '@preact/signals'
import { describe, expect, it } from 'vitest'
import type { Manifest } from '../../../core/bundle/manifest.ts'
import type { LocalityRow } from '../../../core/gate/settings.ts'
import { createSampleBundle } from '../../../core/testing/sample-bundle.ts'
import { thresholdOf } from '../../../core/gate/gate.ts'
import type { SeenBy } from '../stream/stream-scene.ts'
import { createGateControl } from './gate-control.ts'
import { defaultSettings, type Settings } from './settings-schema.ts'

const { manifest } = await createSampleBundle()
const certain: SeenBy = { isConfirmed: true, isFromEdge: false, isNovel: false }
const unconfirmed: SeenBy = { ...certain, isConfirmed: false }
/**
 * Sees a change at 1 % of a local stream's frames and 30 % of the other's; loose settings cost too much
 * there.
 */
const rowOf = (changeRate: number, thresholdNats: number, lossAbroad: number): LocalityRow => ({
  changeRate,
  thresholdNats,
  generalistThresholdNats: 0.1,
  maxProbes: 2,
  order: 'least-entropy',
  asksGeneralist: true,
  coverage: 0.9,
  accuracy: 0.9,
  fullAccuracy: 0.9,
  observed: [0.01, 0.3].map((rate, locality) => ({
    events: [
      ...(locality === 0 ? [0.95, 0.03, 0.02] : [0.2, 0.4, 0.4]).map((share) => share * (1 - rate)),
      0,
      0,
      0,
      rate / 3,
      rate / 3,
      rate / 3,
    ],
    coverage: thresholdNats,
    loss: locality === 1 ? lossAbroad : 0,
  })),
})
const localities = [rowOf(0.01, 0.9, 0.2), rowOf(0.5, 0.2, 0)]
const local: Manifest = { ...manifest, gate: { ...manifest.gate, localities } }

function control(settings: Partial<Settings> = {}, first: Manifest | undefined = local) {
  const opened = signal<Manifest | undefined>(first)
  return { opened, gate: createGateControl(opened, signal({ ...defaultSettings, ...settings })) }
}

describe('the gate that follows the stream', () => {
  it('takes the settings of the locality that it sees, and begins anew with a stream', () => {
    const { gate } = control()
    const atFirst = gate.settings.value
    for (let frame = 0; frame < 60; frame++) gate.observe({ kind: 'hit' })
    expect(gate.settings.value).toMatchObject({
      thresholdNats: 0.9,
      order: 'least-entropy',
      asksGeneralist: true,
    })
    expect(gate.changeRate.value).toBe(0.01)
    for (let frame = 0; frame < 60; frame++) gate.observe({ kind: 'miss', isChange: true })
    expect(gate.settings.value.thresholdNats).toBe(0.2)
    expect(gate.locality.value).toEqual({ row: 1, rows: 2 })
    for (let frame = 0; frame < 60; frame++) gate.observe({ kind: 'hit' })
    expect(gate.settings.value.thresholdNats).toBe(0.9)
    gate.restart()
    expect(gate.settings.value).toEqual(atFirst)
  })

  it('goes by what the stream has shown where the locality says so, and forgets it with the stream', () => {
    const scenePrior = { memoryFrames: 20, surpriseChance: 0.1 }
    const { gate, opened } = control(
      {},
      {
        ...manifest,
        gate: { ...manifest.gate, localities: localities.map((row) => ({ ...row, scenePrior })) },
      },
    )
    const classes = manifest.classNames.length
    const even = Array.from({ length: classes }, () => expect.closeTo(1, 5) as number)
    expect([...(gate.scene.factors() ?? [])]).toEqual(even)
    for (let frame = 0; frame < 10; frame++)
      gate.scene.see([1, ...new Array<number>(classes - 1).fill(0)], undefined, certain)
    const [first = 0, second = 0] = gate.scene.factors() ?? []
    expect(first).toBeGreaterThan(1.5)
    expect(second).toBeLessThan(0.5)
    gate.restart()
    expect([...(gate.scene.factors() ?? [])]).toEqual(even)
    gate.scene.see([1, ...new Array<number>(classes - 1).fill(0)], undefined, certain)
    opened.value = local
    expect(gate.scene.factors()).toBeUndefined()
  })

  it('knows the scenes of the bundle that is open', () => {
    const scenePrior = { memoryFrames: 20, surpriseChance: 0.1, knowsScenes: true }
    const { gate, opened } = control(
      {},
      {
        ...manifest,
        gate: { ...manifest.gate, localities: localities.map((row) => ({ ...row, scenePrior })) },
      },
    )
    const classes = manifest.classNames.length
    const seen = [1, ...new Array<number>(classes - 1).fill(0)]
    gate.scene.see(seen, undefined, certain)
    const counted = gate.scene.factors()?.[0] ?? 0
    opened.value = {
      ...opened.value!,
      scenes: { surpriseChance: 0.02, localities: [{ kind: 'single', meanLength: 100 }], places: [] },
    }
    gate.scene.see(seen, undefined, certain)
    expect(gate.scene.factors()?.[0]).toBeGreaterThan(counted)
  })

  it('learns from the labels of frames that are done, and not from those that nobody could answer', () => {
    const { gate } = control()
    const learn = (label: string, outcome: 'hit' | 'uncertain' = 'hit'): void =>
      gate.learn({ outcome, switchedTo: null, label })
    for (let frame = 0; frame < 12; frame++) learn('cat')
    expect(gate.changeRate.value).toBe(0.01)
    for (let frame = 0; frame < 12; frame++) learn(frame % 2 === 0 ? 'cat' : 'dog', 'uncertain')
    expect(gate.changeRate.value).toBe(0.01)
    for (let frame = 0; frame < 12; frame++) learn(frame % 2 === 0 ? 'cat' : 'dog')
    expect(gate.changeRate.value).toBe(0.5)
  })

  it('puts what a person has set before it', () => {
    expect(control({ thresholdNats: 0.42 }).gate.settings.value).toEqual({
      thresholdNats: 0.42,
      generalistThresholdNats: 0.5,
      maxProbes: 1,
      order: 'recent-first',
      asksGeneralist: false,
    })
    const fixed = control({ probing: 'recent-first', maxProbes: 3 }).gate
    expect(fixed.settings.value).toEqual({
      thresholdNats: 0.5,
      generalistThresholdNats: 0.5,
      maxProbes: 3,
      order: 'recent-first',
      asksGeneralist: false,
    })
    expect(fixed.changeRate.value).toBeUndefined()
  })

  it('is the bundle’s one gate where that has no localities, and forgets them with their bundle', () => {
    const { opened, gate } = control()
    for (let frame = 0; frame < 60; frame++) gate.observe({ kind: 'miss', isChange: true })
    opened.value = manifest
    expect(gate.settings.value.thresholdNats).toBe(0.5)
    gate.observe({ kind: 'hit' })
    expect(gate.changeRate.value).toBeUndefined()
  })

  it('asks as the bundle’s curve was measured once a person has set a threshold, upwards too', () => {
    const alone: Manifest = {
      ...local,
      gate: {
        ...local.gate,
        maxProbes: 0,
        asksGeneralist: true,
        thresholdNats: 0.3,
        generalistThresholdNats: 0.3,
      },
    }
    for (const thresholdNats of [0.1, 0.3, 0.6, 0.9]) {
      const { settings, isAdapting } = control({ thresholdNats }, alone).gate
      expect(isAdapting.value).toBe(false)
      // What `thresholdOf` makes of it.
      expect(thresholdOf('generalist', settings.value)).toBe(thresholdNats)
      expect(settings.value).toMatchObject({ maxProbes: 0, thresholdNats })
    }
  })

  it('lets no threshold near ln C pass, be it a bundle’s or a person’s', () => {
    const loose: Manifest = {
      ...manifest,
      gate: { ...manifest.gate, thresholdNats: Math.log(4), generalistThresholdNats: Math.log(4) },
    }
    const most = (2 / 3) * Math.log(4)
    expect(control({}, loose).gate.settings.value).toMatchObject({
      thresholdNats: most,
      generalistThresholdNats: most,
    })
    expect(control({ thresholdNats: 1.3 }, loose).gate.settings.value.thresholdNats).toBe(most)
  })

  it('expects less and less of a scene that only its own answers have fed, and nothing of what fits nothing', () => {
    const scenePrior = { memoryFrames: 20, surpriseChance: 0.1 }
    const { gate } = control(
      {},
      {
        ...manifest,
        gate: { ...manifest.gate, localities: localities.map((row) => ({ ...row, scenePrior })) },
      },
    )
    const seen = [1, 0, 0, 0]
    const share = (): number => gate.outlook()?.shares[0] ?? 0
    for (let frame = 0; frame < 10; frame++) gate.scene.see(seen, undefined, certain)
    const confirmed = share()
    for (let frame = 0; frame < 60; frame++) gate.scene.see(seen, undefined, unconfirmed)
    expect(confirmed).toBeGreaterThan(0.8)
    expect(share()).toBeLessThan(0.4)
    gate.restart()
    expect(gate.scene.isNovel([0.3, 0.3, 0.2, 0.2])).toBe(true)
    gate.scene.see(seen, undefined, { ...unconfirmed, isNovel: true })
    expect(share()).toBeCloseTo(0.25, 2)
    // The full model knows what is strange to the networks here.
    gate.scene.see(seen, undefined, { isConfirmed: true, isFromEdge: true, isNovel: false })
    expect(share()).toBeGreaterThan(0.25)
  })
})
