import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEdgeApi } from '../../core/client/edge-api.ts'
import type { PlaceList } from '../../core/wire/places.ts'
import { startEdgeProcess, type EdgeProcess } from '../../edge/testing/edge-process.ts'
import { startRedis, type RedisProcess } from '../../edge/testing/redis-process.ts'
import { comers, differentPictures, picture } from './comers.ts'
import { writeSmallBundle } from './small-bundle.ts'

const { signal } = new AbortController()
const frames = 200
const patience = { timeout: 240_000, interval: 200 }

let folder = ''
let redis: RedisProcess
let edges: EdgeProcess[]

/** @param more flags, with their values */
const start = (more: Readonly<Record<string, string>> = {}): Promise<EdgeProcess> =>
  startEdgeProcess(
    Object.entries({
      bundles: join(folder, 'bundles'),
      page: join(folder, 'no-page'),
      engine: 'tfjs-wasm',
      threads: '1',
      'rate-limit': '0',
      learn: 'small',
      'learn-folder': join(folder, 'places'),
      'learn-frames': String(frames),
      'learn-queue': redis.url,
      ...more,
    }).flatMap(([name, value]) => [`--${name}`, value]),
  )

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachenet-shared-places-'))
  redis = await startRedis()
  await writeSmallBundle(join(folder, 'bundles'))
  edges = await Promise.all([start(), start()])
})
afterEach(async () => {
  for (const edge of edges) await edge.stop('SIGKILL')
  await redis.remove()
  await rm(folder, { recursive: true })
})

const api = ({ origin }: EdgeProcess): ReturnType<typeof createEdgeApi> => createEdgeApi({ baseUrl: origin })
const places = async (edge: EdgeProcess): Promise<PlaceList['places']> =>
  (await api(edge).listPlaces(signal, 'small')).places
const send = async (edge: EdgeProcess, rgb: Uint8Array<ArrayBuffer>, learnStream?: string): Promise<number> =>
  (await api(edge).answerFrame(signal, 'small', rgb, { learnStream })).value.classIndex
const isKeeper = async (edge: EdgeProcess): Promise<boolean> =>
  (await (await fetch(`${edge.origin}/metrics`)).text()).includes('\ncachenet_places_keeper 1')
const learned = (edge: EdgeProcess): number => edge.err().split('a place was learned').length - 1
/** Versions of the bundle that an edge has served. */
const versions = (edge: EdgeProcess): number => edge.err().split('serves the bundle small').length - 1

async function keeperAndOther(): Promise<{ keeper: EdgeProcess; other: EdgeProcess }> {
  const found = async (): Promise<number> => {
    const kept = await Promise.all(edges.map(isKeeper))
    return kept.indexOf(true)
  }
  await expect.poll(found, patience).not.toBe(-1)
  const [first, second] = edges
  if (first === undefined || second === undefined) throw new Error('Two edges were started.')
  return (await found()) === 0 ? { keeper: first, other: second } : { keeper: second, other: first }
}

/** Sends a visit to both in turn, and waits until the keeper trains. */
async function visit(keeper: EdgeProcess, other: EdgeProcess): Promise<void> {
  const pictures = await differentPictures((rgb) => send(other, rgb))
  let count = 0
  for (const rgb of comers(pictures, frames, 'visit'))
    await send(count++ % 2 === 0 ? keeper : other, rgb, 'phone')
  await expect
    .poll(async () => (await places(other)).map(({ stage, frames }) => [stage, frames]), patience)
    .toEqual([['learning', frames]])
}

const takeOverSeconds: number[] = []
afterAll(() => console.info(`Kept by another edge after ${takeOverSeconds.join(', ')} s.`))

/** Kills the keeper, and waits until another edge is it. */
async function takeOver(keeper: EdgeProcess, next: EdgeProcess): Promise<void> {
  const killedAt = performance.now()
  await keeper.stop('SIGKILL')
  await expect.poll(() => isKeeper(next), patience).toBe(true)
  takeOverSeconds.push(Math.round((performance.now() - killedAt) / 100) / 10)
}

async function expectOneResult(edge: EdgeProcess): Promise<void> {
  await expect.poll(async () => (await places(edge))[0]?.stage, patience).toBe('learned')
  expect(await places(edge)).toMatchObject([{ id: 'place-1', frames, stage: 'learned' }])
  const { partitions } = await api(edge).manifest(signal, 'small')
  expect(partitions.flatMap(({ learned }) => learned?.place ?? [])).toEqual(['place-1'])
  expect(learned(edge)).toBe(1)
  expect(versions(edge)).toBe(2)
}

describe('two edges, of which one learns a place', () => {
  it(
    'lose nothing where it is killed meanwhile: the other learns it, once',
    { timeout: 600_000 },
    async () => {
      const { keeper, other } = await keeperAndOther()
      await visit(keeper, other)
      await takeOver(keeper, other)
      await expectOneResult(other)
      expect(learned(keeper)).toBe(0)
      // An edge that starts now finds all of it, and learns nothing anew.
      edges = [other, await start()]
      const [, late] = edges
      if (late === undefined) throw new Error('It was started.')
      await takeOver(other, late)
      expect(await places(late)).toMatchObject([{ id: 'place-1', frames, stage: 'learned' }])
      expect(learned(late)).toBe(0)
    },
  )

  it('publish one result where it sleeps through its lease and wakes up', { timeout: 600_000 }, async () => {
    const { keeper, other } = await keeperAndOther()
    await visit(keeper, other)
    // Its training is a process of its own, and goes on.
    keeper.child.kill('SIGSTOP')
    await expectOneResult(other)
    keeper.child.kill('SIGCONT')
    await expect.poll(() => keeper.err(), patience).toContain('another edge keeps the places now')
    expect(await isKeeper(keeper)).toBe(false)
    await expectOneResult(other)
    expect(learned(keeper)).toBe(0)
    // And it takes part again.
    expect(await places(keeper)).toMatchObject([{ id: 'place-1', stage: 'learned' }])
  })

  it('keep every frame once where it is killed while they come', { timeout: 600_000 }, async () => {
    for (const edge of edges) await edge.stop('SIGKILL')
    edges = await Promise.all([start({ 'learn-frames': '1000' }), start({ 'learn-frames': '1000' })])
    const { keeper, other } = await keeperAndOther()
    const sent = 300
    let count = 0
    let killed: Promise<unknown> | undefined
    for (const rgb of comers([picture('a'), picture('b')], sent, 'visit')) {
      await send(other, rgb, 'phone')
      if (++count === 100) killed = takeOver(keeper, other)
    }
    await killed
    const kept = async (): Promise<number> =>
      (await places(other).catch(() => [])).reduce((sum, place) => sum + place.frames, 0)
    await expect.poll(kept, patience).toBeGreaterThanOrEqual(sent)
    expect(await kept()).toBe(sent)
  })
})
