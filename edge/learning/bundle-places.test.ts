import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { PlaceFile } from '../../core/places/place-file.ts'
import { createSampleBundle } from '../../core/testing/sample-bundle.ts'
import { samplePlaceFile } from '../../core/testing/sample-place-file.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { openBundleStore, type BundleStore } from '../bundles/store.ts'
import { temporaryFolder, writeBundle } from '../testing/bundle-folder.ts'
import { openBundlePlaces, type BundlePlaces } from './bundle-places.ts'
import { incomingFolder, writeIncoming } from './incoming-frames.ts'
import type { Keepership } from './keepership.ts'
import { hashOf } from './publish-version.ts'
import { createTrainingQueue } from './training-queue.ts'

const log = pino({ level: 'silent' })
const framesNeeded = 40

interface Edge {
  readonly folder: string
  readonly store: BundleStore
  readonly places: BundlePlaces
  /** A frame of one place, of a stream whose frame before was checked. */
  check(isAlike: boolean): Promise<void>
}

/** An edge's places, of a bundle in a folder of its own or of another edge's. */
async function openEdge(shared?: string, keepership?: Keepership): Promise<Edge> {
  const { folder: own, remove } = await temporaryFolder()
  onTestFinished(remove)
  const folder = shared ?? own
  const bundlesFolder = join(folder, 'bundles')
  if (shared === undefined) await writeBundle(bundlesFolder, await createSampleBundle({ hasHeads: true }))
  const store = await openBundleStore({ folder: bundlesFolder, log })
  const places = await openBundlePlaces({
    bundleId: 'sample',
    folder: join(folder, 'places'),
    publishing: { store, bundlesFolder, key: undefined, keepership },
    queue: createTrainingQueue(1, () => undefined),
    log,
    framesNeeded,
    limits: { mostFrames: 1000, mostBytes: 2 ** 24, mostAgeMs: 86_400_000 },
    trainer: 'none.ts',
    trainLimitMs: 1000,
  })
  onTestFinished(() => places.close())
  return {
    folder,
    store,
    places,
    async check(isAlike) {
      const bundle = store.get('sample')
      const { classNames, partitions } = bundle.manifest
      const found = {
        logits: Float32Array.from(classNames, (_, index) => (index === 1 ? 9 : 0)),
        codeLogits: Float32Array.from(partitions, (_, index) => (index === 0 ? 9 : 0)),
      }
      places.keep({
        bundle,
        stream: 'phone',
        kind: 'miss',
        checked: [isAlike],
        pixels: new Uint8Array(768),
        found,
      })
      await places.settled()
    },
  }
}

const learnedFile = ({ store }: Edge): PlaceFile =>
  samplePlaceFile(store.get('sample').manifest, hashOf, (bytes) => Buffer.from(bytes).toString('base64'))

describe('a place in a file', () => {
  let edge: Edge
  beforeEach(async () => {
    edge = await openEdge()
  })
  const refusal = (content: unknown): Promise<string> =>
    edge.places.importPlace(content).then(
      () => 'taken',
      (thrown: unknown) => CacheNetError.from(thrown).code,
    )

  it('becomes a place of this edge, and part of its bundle', async () => {
    const count = edge.store.get('sample').manifest.partitions.length
    expect(await edge.places.importPlace(learnedFile(edge))).toBe('place-1')
    expect(edge.places.list().places).toMatchObject([
      { id: 'place-1', name: 'hall', stage: 'learned', learned: { after: { misses: 0.3 } } },
    ])
    const { partitions } = edge.store.get('sample').manifest
    expect(partitions).toHaveLength(count + 1)
    expect(partitions.at(-1)).toMatchObject({ temperature: 0.8, learned: { place: 'place-1' } })
    const report = edge.places.report('place-1')
    expect(report).toMatchObject({
      learnedFrom: { frames: 400, sha256: partitions.at(-1)?.whole.sha256 },
      tried: { message: 'It came in a file from another edge.' },
      checks: { answers: 0, unlike: 0 },
      bundle: { id: 'sample', manifestSha256: edge.store.get('sample').manifestHash },
    })
    // No frame of it was ever here.
    expect(report.kept ?? report.learnedFrom?.visits).toBeUndefined()
    expect(report.classes[0]).toEqual({ name: 'bee', share: 0.97 })
    expect(edge.places.pictureFiles('place-1')).toEqual([])
    await edge.places.forget('place-1')
    expect(edge.store.get('sample').manifest.partitions).toHaveLength(count)
  })

  it('goes from one edge to the next as it is', async () => {
    const file = learnedFile(edge)
    const first = edge.places.exportPlace(await edge.places.importPlace(file))
    // The sample knows no scenes: what is seen there is told from the head's prior.
    const { sceneShares, ...network } = file.network
    expect(first).toMatchObject({ ...file, network })
    expect(first.network.sceneShares).toHaveLength(sceneShares.length)
    const other = await openEdge()
    expect(other.places.exportPlace(await other.places.importPlace(first))).toEqual(first)
  })

  it('says so where nothing was learned', async () => {
    await edge.check(true)
    const codeOfExport = (place: string): string => {
      try {
        edge.places.exportPlace(place)
        return 'exported'
      } catch (thrown) {
        return CacheNetError.from(thrown).code
      }
    }
    expect(codeOfExport('place-1')).toBe('place-not-learned')
    expect(codeOfExport('place-9')).toBe('place-unknown')
  })

  it('is refused where it is none, damaged, or of another bundle or full model', async () => {
    const file = learnedFile(edge)
    const text = edge.store.get('sample').manifestHash
    for (const wrong of [
      undefined,
      {},
      { ...file, bundle: 'other' },
      { ...file, fullSha256: '0'.repeat(64) },
      { ...file, weights: file.weights.slice(0, -8) },
      { ...file, weights: `//8A${file.weights.slice(4)}` },
      { ...file, name: ' ' },
    ])
      expect(await refusal(wrong)).toBe('request-invalid')
    expect(await refusal({ ...file, network: { ...file.network, classIndices: [1, 99] } })).toBe(
      'manifest-invalid',
    )
    expect(edge.store.get('sample').manifestHash).toBe(text)
    expect(edge.places.list().places).toEqual([])
  })
})

describe('a learned place that changes', () => {
  it('is asked less where its answers part ways, learned anew sooner, and given up in the end', async () => {
    const edge = await openEdge()
    await edge.places.importPlace(learnedFile(edge))
    const learned = (): { temperature: number } | undefined =>
      edge.store.get('sample').manifest.partitions.find((partition) => partition.learned !== undefined)
    // A block of frames is held against known places once it is long enough.
    for (let at = 0; at < 40; at++) await edge.check(true)
    expect(edge.places.list().places).toMatchObject([{ id: 'place-1', frames: 40 }])
    expect(learned()?.temperature).toBe(0.8)
    expect(edge.places.report('place-1')).toMatchObject({ kept: { visits: 1 }, classes: [{ name: 'bee' }] })

    const untilDrift = async (drifts: number): Promise<number> => {
      for (let count = 1; count <= 60; count++) {
        await edge.check(false)
        if (edge.places.list().places[0]?.drifts === drifts) return count
      }
      return Infinity
    }
    expect(await untilDrift(1)).toBeLessThan(12)
    expect(learned()?.temperature).toBeCloseTo(1.2, 9)
    expect(edge.places.list().places[0]?.framesMissing).toBe(0)
    expect(await untilDrift(2)).toBeLessThan(6)
    expect(learned()?.temperature).toBeCloseTo(1.8, 9)
    expect(await untilDrift(3)).toBeLessThan(6)
    expect(learned()).toBeUndefined()
    await edge.check(false)
    expect(edge.places.list().places).toMatchObject([{ drifts: 3, stage: 'gathering' }])
    expect(edge.places.list().places[0]?.learned).toBeUndefined()
  })
})

describe('checks that wait while a place is made less certain', () => {
  it('count for the version that they are of, and not for the next', async () => {
    const edge = await openEdge()
    await edge.places.importPlace(learnedFile(edge))
    for (let at = 0; at < 40; at++) await edge.check(true)
    // All of them were answered by the version that is served now.
    for (let at = 0; at < 30; at++) void edge.check(false)
    await edge.places.settled()
    expect(edge.places.list().places).toMatchObject([{ frames: 70, drifts: 1 }])
    expect(edge.places.report('place-1').checks).toEqual({ answers: 0, unlike: 0 })
    await edge.check(false)
    expect(edge.places.report('place-1').checks).toEqual({ answers: 1, unlike: 1 })
  })
})

describe('an edge that was killed', () => {
  it('finds its places by their frames, and gives no number twice', async () => {
    const killed = await openEdge()
    for (let at = 0; at < 5; at++) await killed.check(true)
    await killed.places.importPlace(learnedFile(killed))
    // As it was before either: nothing of it was written down.
    await writeFile(join(killed.folder, 'places', 'places.json'), '')
    await mkdir(join(killed.folder, 'places', 'learning-abc'))
    const next = await openEdge(killed.folder)
    expect(next.places.list().places).toMatchObject([
      { id: 'place-1', frames: 5, stage: 'gathering' },
      { id: 'place-2', frames: 0, stage: 'learned' },
    ])
    expect(await readdir(join(killed.folder, 'places'))).not.toContain('learning-abc')
    // The request that it was killed in comes again.
    expect(await next.places.importPlace(learnedFile(next))).toBe('place-2')
    expect(next.places.list().places).toMatchObject([{ id: 'place-1' }, { id: 'place-2', name: 'hall' }])
    await next.check(true)
    expect(next.places.list().places.map(({ id }) => id)).toEqual(['place-1', 'place-3', 'place-2'])
    // What is seen there is known again: both are alike in this sample.
    await next.places.forget('place-2')
    for (let at = 0; at < 40; at++) await next.check(true)
    expect(next.places.list().places).toMatchObject([{ id: 'place-1', frames: 46 }])
  })
})

describe('a frame that another edge laid into the folder', () => {
  const write = (folder: string): Promise<string> =>
    writeIncoming(join(folder, 'places'), {
      atMs: Date.now(),
      kind: 'miss',
      pixels: new Uint8Array(768),
      logits: new Float32Array(10),
      codeLogits: new Float32Array(4),
    })

  it('is kept once, however often it is told of', async () => {
    const { folder, places } = await openEdge()
    const file = await write(folder)
    for (let turn = 0; turn < 3; turn++) await places.keepIncoming({ file, stream: 'phone' })
    expect(places.list().places).toMatchObject([{ id: 'place-1', frames: 1 }])
    expect(places.framesLost).toBe(0)
    expect(await readdir(incomingFolder(join(folder, 'places')))).toEqual([])
  })

  it('is given up where it is none', async () => {
    const { folder, places } = await openEdge()
    const file = await write(folder)
    await writeFile(join(incomingFolder(join(folder, 'places')), file), 'no frame')
    await places.keepIncoming({ file, stream: 'phone' })
    expect(places.list().places).toEqual([])
    expect(places.framesLost).toBe(1)
    expect(await readdir(incomingFolder(join(folder, 'places')))).toEqual([])
  })
})

describe('an edge that lost the keepership', () => {
  it('changes nothing any more', async () => {
    let isHeld = true
    const lost = new CacheNetError('aborted', 'lost')
    const edge = await openEdge(undefined, {
      isHeld: () => isHeld,
      confirm: () => (isHeld ? Promise.resolve() : Promise.reject(lost)),
    })
    await edge.check(true)
    const codeOf = (asked: Promise<unknown>): Promise<string> =>
      asked.then(
        () => 'done',
        (thrown: unknown) => CacheNetError.from(thrown).code,
      )
    expect(await codeOf(edge.places.rename('place-1', 'before'))).toBe('done')
    const memory = join(edge.folder, 'places', 'places.json')
    const manifest = join(edge.folder, 'bundles', 'sample', 'manifest.json')
    const before = [await readFile(memory), await readFile(manifest)]
    isHeld = false
    await edge.check(true)
    expect(await codeOf(edge.places.rename('place-1', 'after'))).toBe('aborted')
    expect(await codeOf(edge.places.forget('place-1'))).toBe('aborted')
    expect(await codeOf(edge.places.importPlace(learnedFile(edge)))).toBe('aborted')
    await edge.places.close()
    expect([await readFile(memory), await readFile(manifest)]).toEqual(before)
    expect(edge.places.list().places).toMatchObject([{ frames: 1, name: 'before' }])
  })

  it('publishes nothing where it is lost at the last moment', async () => {
    const edge = await openEdge(undefined, {
      isHeld: () => true,
      confirm: () => Promise.reject(new CacheNetError('aborted', 'lost')),
    })
    const { manifestHash } = edge.store.get('sample')
    await expect(edge.places.importPlace(learnedFile(edge))).rejects.toMatchObject({ code: 'aborted' })
    await edge.store.refresh()
    expect(edge.store.get('sample').manifestHash).toBe(manifestHash)
  })
})
