import { access, mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blobsOf } from '../../core/bundle/manifest-blobs.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { createEdgeApi } from '../../core/client/edge-api.ts'
import type { PlaceList } from '../../core/wire/places.ts'
import { startEdge, type EdgeOptions, type RunningEdge } from '../../edge/start-edge.ts'
import { comers, differentPictures, picture } from './comers.ts'
import { writeSmallBundle } from './small-bundle.ts'

const signal = new AbortController().signal
const limits = { mostFrames: 1000, mostBytes: 2 ** 24, mostAgeMs: 86_400_000 }
const frames = 200

let folder = ''
let edge: RunningEdge
const log = pino({ level: 'silent' })

const start = (learning: Partial<EdgeOptions['learning']> = {}): Promise<RunningEdge> =>
  startEdge({
    port: 0,
    host: '127.0.0.1',
    bundlesFolder: join(folder, 'bundles'),
    pageFolder: join(folder, 'no-page'),
    engine: 'tfjs-wasm',
    log,
    learning: {
      bundles: ['small'],
      folder: join(folder, 'places'),
      framesNeeded: frames,
      limits,
      trainer: 'train/learn-place.ts',
      trainLimitMs: 120_000,
      ...learning,
    },
  })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachenet-places-'))
  await writeSmallBundle(join(folder, 'bundles'))
  edge = await start()
}, 120_000)
afterAll(async () => {
  await edge.close()
  await rm(folder, { recursive: true })
})

const api = (): ReturnType<typeof createEdgeApi> => createEdgeApi({ baseUrl: edge.origin })
const manifest = (): Promise<Manifest> => api().manifest(signal, 'small')
const places = (): Promise<PlaceList> => api().listPlaces(signal, 'small')
const send = async (rgb: Uint8Array<ArrayBuffer>, learnStream?: string): Promise<number> =>
  (await api().answerFrame(signal, 'small', rgb, { learnStream })).value.classIndex

describe('an edge that learns a place', () => {
  let before: Manifest
  let filesBefore: string[]

  it('trains on what came, and publishes what gains', { timeout: 240_000 }, async () => {
    before = await manifest()
    filesBefore = (await readdir(join(folder, 'bundles', 'small', 'blobs'))).sort()
    const pictures = await differentPictures(send)
    expect(pictures.length).toBeGreaterThan(1)
    for (const rgb of comers(pictures, frames, 'visit')) await send(rgb, 'phone')
    await edge.learning?.settled()
    const { places: found, trouble } = await places()
    expect(trouble).toBeUndefined()
    expect(found[0]?.message).toMatch(/^Learned/)
    expect(found).toMatchObject([{ id: 'place-1', frames, stage: 'learned' }])
    const learned = found[0]?.learned
    expect(learned?.after.misses).toBeLessThan(learned?.before.misses ?? 0)
    const after = await manifest()
    const partition = after.partitions.find(({ id }) => id === learned?.partition)
    expect(partition?.learned).toMatchObject({ place: 'place-1', frames })
    for (const { ref } of blobsOf(after)) {
      const response = await fetch(`${edge.origin}/api/v1/bundles/small/blobs/${ref.sha256}.bin`)
      expect((await response.arrayBuffer()).byteLength).toBe(ref.bytes)
    }
    // The edge itself goes on with the new version.
    for (const rgb of comers(pictures, 2, 'after')) expect(await send(rgb)).toBeGreaterThanOrEqual(0)
  })

  it('remembers it after a restart', { timeout: 120_000 }, async () => {
    await api().renamePlace(signal, 'small', 'place-1', 'hall')
    await edge.close()
    edge = await start()
    expect((await places()).places).toMatchObject([{ id: 'place-1', name: 'hall', frames, stage: 'learned' }])
  })

  it('forgets it: the bundle is as it was, and so are its files', { timeout: 60_000 }, async () => {
    await api().forgetPlace(signal, 'small', 'place-1')
    const { createdAt: _then, ...was } = before
    const { createdAt: _now, ...is } = await manifest()
    expect(is).toEqual(was)
    expect((await readdir(join(folder, 'bundles', 'small', 'blobs'))).sort()).toEqual(filesBefore)
    expect((await places()).places).toEqual([])
    await expect(access(join(folder, 'places', 'small', 'frames'))).rejects.toThrow()
  })

  it('ends a training that takes too long, and says so', { timeout: 120_000 }, async () => {
    await edge.close()
    edge = await start({ trainLimitMs: 50, framesNeeded: 60 })
    const text = await readFile(join(folder, 'bundles', 'small', 'manifest.json'), 'utf8')
    for (const rgb of comers([picture('late')], 60, 'late')) await send(rgb, 'phone')
    await edge.learning?.settled()
    const [place] = (await places()).places
    expect(place?.stage).toBe('failed')
    expect(place?.message).toContain('took longer')
    expect(await readFile(join(folder, 'bundles', 'small', 'manifest.json'), 'utf8')).toBe(text)
  })

  it('is stopped in the middle of a training at once', { timeout: 120_000 }, async () => {
    await edge.close()
    edge = await start({ framesNeeded: 60 })
    for (const rgb of comers([picture('stop')], 120, 'stop')) await send(rgb, 'other')
    const isLearning = async (): Promise<boolean> =>
      (await places()).places.some(({ stage }) => stage === 'learning')
    await expect.poll(isLearning, { timeout: 60_000 }).toBe(true)
    const startedAt = performance.now()
    await edge.close()
    expect(performance.now() - startedAt).toBeLessThan(20_000)
  })
})
