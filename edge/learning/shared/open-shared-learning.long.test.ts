import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSampleBundle } from '../../../core/testing/sample-bundle.ts'
import { samplePlaceFile } from '../../../core/testing/sample-place-file.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import { mostPlacePictures } from '../../../core/wire/place-pictures.ts'
import type { LearnedPlaceView } from '../../../core/wire/places.ts'
import { openBundleStore, type BundleStore } from '../../bundles/store.ts'
import { temporaryFolder, writeBundle } from '../../testing/bundle-folder.ts'
import { startRedis, type RedisProcess } from '../../testing/redis-process.ts'
import type { Learning } from '../learning.ts'
import { hashOf } from '../publish-version.ts'
import { openSharedLearning, type SharedLearningOptions } from './open-shared-learning.ts'

const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' })
const leaseMs = 1000

interface Edge {
  readonly store: BundleStore
  readonly learning: Learning
  keep(stream: string): void
}

let redis: RedisProcess
let folder: string
let edges: Edge[]
let clear: () => Promise<void>

async function open(more: Partial<SharedLearningOptions> = {}): Promise<Edge> {
  const bundlesFolder = join(folder, 'bundles')
  const store = await openBundleStore({ folder: bundlesFolder, log })
  const learning = await openSharedLearning({
    bundles: ['sample'],
    folder: join(folder, 'places'),
    showsFrames: true,
    publishing: { store, bundlesFolder, key: undefined },
    log,
    framesNeeded: 1000,
    limits: { mostFrames: 1000, mostBytes: 2 ** 24, mostAgeMs: 86_400_000 },
    // There; and the sample is no bundle that learns.
    trainer: 'edge/main.ts',
    trainLimitMs: 1000,
    queueUrl: redis.url,
    leaseMs,
    answerLimitMs: 5000,
    ...more,
  })
  const edge: Edge = {
    store,
    learning,
    keep(stream) {
      const bundle = store.get('sample')
      const { classNames, partitions } = bundle.manifest
      const found = {
        logits: Float32Array.from(classNames, (_, index) => (index === 1 ? 9 : 0)),
        codeLogits: Float32Array.from(partitions, (_, index) => (index === 0 ? 9 : 0)),
      }
      learning.keep({ bundle, stream, kind: 'miss', pixels: new Uint8Array(768), found })
    },
  }
  edges.push(edge)
  return edge
}

const placesOf = async ({ learning }: Edge): Promise<LearnedPlaceView[]> =>
  (await learning.list('sample')).places
const keepers = (): Edge[] => edges.filter(({ learning }) => learning.isKeeper)
async function theKeeper(): Promise<{ keeper: Edge; other: Edge }> {
  await expect.poll(() => keepers().length).toBe(1)
  const [keeper] = keepers()
  const other = edges.find((edge) => edge !== keeper)
  if (keeper === undefined || other === undefined) throw new Error('Two edges are open.')
  return { keeper, other }
}
const codeOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'done',
    (thrown: unknown) => CacheNetError.from(thrown).code,
  )
const closed = async (edge: Edge): Promise<void> => {
  edges = edges.filter((other) => other !== edge)
  await edge.learning.close()
}
/** Frame files of all places, and what is still on its way. */
async function framesOnDisk(): Promise<{ kept: number; incoming: number }> {
  const [full = ''] = await readdir(join(folder, 'places', 'sample')).catch(() => [])
  const own = join(folder, 'places', 'sample', full)
  const files = (await readdir(own, { recursive: true }).catch(() => [])).filter((name) =>
    name.endsWith('.frame'),
  )
  const incoming = files.filter((name) => name.startsWith('incoming')).length
  return { kept: files.length - incoming, incoming }
}

beforeEach(async () => {
  edges = []
  const temporary = await temporaryFolder()
  ;({ folder } = temporary)
  redis = await startRedis()
  clear = temporary.remove
  await writeBundle(join(folder, 'bundles'), await createSampleBundle({ hasHeads: true }))
})
afterEach(async () => {
  for (const { learning } of edges) await learning.close()
  await redis.remove()
  await clear()
})

describe('two edges that share their places', () => {
  beforeEach(async () => {
    await open()
    await open()
  })

  it('keep each frame once, whichever was sent it', async () => {
    const { keeper, other } = await theKeeper()
    for (let count = 0; count < 30; count++) {
      keeper.keep('a')
      other.keep('a')
    }
    await keeper.learning.settled()
    await other.learning.settled()
    for (const edge of edges)
      expect(await placesOf(edge)).toMatchObject([{ id: 'place-1', frames: 60, framesMissing: 940 }])
    for (const { learning } of edges) {
      expect(await learning.report('sample', 'place-1')).toMatchObject({ kept: { visits: 1 } })
      expect(await learning.pictures('sample', 'place-1')).toHaveLength(mostPlacePictures)
      expect(await codeOf(learning.pictures('sample', 'place-9'))).toBe('place-unknown')
    }
    expect(await framesOnDisk()).toEqual({ kept: 60, incoming: 0 })
    expect(edges.map(({ learning }) => learning.framesLost)).toEqual([0, 0])
  })

  it('name, carry and forget places by whichever is asked, with the codes of one alone', async () => {
    const { keeper, other } = await theKeeper()
    other.keep('a')
    await other.learning.rename('sample', 'place-1', 'kitchen')
    expect(await placesOf(keeper)).toMatchObject([{ name: 'kitchen', frames: 1 }])
    const file = samplePlaceFile(other.store.get('sample').manifest, hashOf, (bytes) =>
      Buffer.from(bytes).toString('base64'),
    )
    expect(await other.learning.importPlace('sample', file)).toBe('place-2')
    // The same file once more, as of an edge that was killed before it could answer.
    expect(await keeper.learning.importPlace('sample', file)).toBe('place-2')
    const exported = await other.learning.exportPlace('sample', 'place-2')
    expect(exported).toMatchObject({ name: 'hall', weights: file.weights })
    await other.store.refresh()
    const learnedAt = ({ store }: Edge): (string | undefined)[] =>
      store.get('sample').manifest.partitions.flatMap(({ learned }) => learned?.place ?? [])
    expect(edges.map(learnedAt)).toEqual([['place-2'], ['place-2']])
    expect(await codeOf(other.learning.exportPlace('sample', 'place-1'))).toBe('place-not-learned')
    expect(await codeOf(other.learning.rename('sample', 'place-9', 'x'))).toBe('place-unknown')
    expect(await codeOf(other.learning.importPlace('sample', {}))).toBe('request-invalid')
    expect(await codeOf(other.learning.list('none'))).toBe('bundle-unknown')
    await other.learning.forget('sample', 'place-2')
    expect((await placesOf(other)).map(({ id }) => id)).toEqual(['place-1'])
    other.keep('b')
    await other.learning.forgetAll('sample')
    expect(await placesOf(keeper)).toEqual([])
    expect(await framesOnDisk()).toEqual({ kept: 0, incoming: 0 })
  })

  it('go on with what was kept where the keeper is closed', async () => {
    const { keeper, other } = await theKeeper()
    for (let count = 0; count < 20; count++) keeper.keep('a')
    await keeper.learning.rename('sample', 'place-1', 'hall')
    await closed(keeper)
    await expect.poll(() => other.learning.isKeeper).toBe(true)
    expect(await placesOf(other)).toMatchObject([{ id: 'place-1', name: 'hall', frames: 20 }])
  })

  it('have one keeper again after Redis was frozen for longer than a lease', async () => {
    redis.freeze()
    await expect.poll(() => keepers().length).toBe(0)
    redis.thaw()
    const { keeper, other } = await theKeeper()
    // Connections whose commands ran out of time come back by themselves.
    for (const edge of edges) await expect.poll(() => codeOf(placesOf(edge))).toBe('done')
    keeper.keep('a')
    other.keep('b')
    await keeper.learning.settled()
    await other.learning.settled()
    expect(await framesOnDisk()).toEqual({ kept: 2, incoming: 0 })
  })
})

describe('Redis that is away', () => {
  it('holds nobody up, is told of in time, and is made up for once it is back', async () => {
    await open()
    await open({ answerLimitMs: 2000 })
    const { keeper } = await theKeeper()
    keeper.keep('a')
    await keeper.learning.settled()
    await redis.stop()
    const startedAt = performance.now()
    for (const edge of edges) for (let count = 0; count < 100; count++) edge.keep('a')
    expect(performance.now() - startedAt).toBeLessThan(500)
    for (const { learning } of edges) expect(await codeOf(learning.list('sample'))).toBe('learning-away')
    expect(performance.now() - startedAt).toBeLessThan(15_000)
    for (const { learning } of edges) expect(learning.framesLost).toBeGreaterThan(0)
    await expect.poll(() => keepers().length).toBe(0)
    await redis.start()
    await expect.poll(() => keepers().length).toBe(1)
    for (const edge of edges) await expect.poll(() => codeOf(placesOf(edge))).toBe('done')
    for (const edge of edges) expect(await placesOf(edge)).toMatchObject([{ id: 'place-1', frames: 1 }])
  })

  it('may be away when an edge starts, and when it stops', async () => {
    await redis.stop()
    const edge = await open()
    edge.keep('a')
    expect(await codeOf(edge.learning.list('sample'))).toBe('learning-away')
    await redis.start()
    await expect.poll(() => edge.learning.isKeeper).toBe(true)
    await redis.stop()
    const startedAt = performance.now()
    await closed(edge)
    expect(performance.now() - startedAt).toBeLessThan(15_000)
  })

  it('answers nothing: requests end in time', async () => {
    const edge = await open({ answerLimitMs: 1000 })
    await expect.poll(() => edge.learning.isKeeper).toBe(true)
    redis.freeze()
    const startedAt = performance.now()
    edge.keep('a')
    expect(await codeOf(edge.learning.list('sample'))).toBe('learning-away')
    expect(performance.now() - startedAt).toBeLessThan(10_000)
    redis.thaw()
    await expect.poll(() => codeOf(edge.learning.list('sample'))).toBe('done')
  })
})

it('an edge without training beside it leaves keeping to others', async () => {
  const without = await open({ trainer: 'edge/not-there.ts', answerLimitMs: 500 })
  without.keep('a')
  expect(await codeOf(without.learning.list('sample'))).toBe('learning-away')
  const other = await open()
  await expect.poll(() => other.learning.isKeeper).toBe(true)
  // What came before there was a keeper is kept by the first.
  await expect.poll(async () => (await placesOf(other)).map(({ frames }) => frames)).toEqual([1])
  expect(without.learning.isKeeper).toBe(false)
})

it('says so where edges name different folders', async () => {
  await open()
  const { learning } = await open({ folder: join(folder, 'elsewhere'), trainer: 'edge/not-there.ts' })
  expect(await codeOf(learning.list('sample'))).toBe('config-invalid')
})

it('takes no more than may wait', async () => {
  const edge = await open({ trainer: 'edge/not-there.ts' })
  for (let count = 1; count <= 1100; count++) {
    edge.keep('a')
    if (count % 32 > 0) continue
    const seen = async (): Promise<number> => (await framesOnDisk()).incoming + edge.learning.framesLost
    await expect.poll(seen, { interval: 10 }).toBe(count)
  }
  await expect.poll(async () => (await framesOnDisk()).incoming).toBe(1000)
  await expect.poll(() => edge.learning.framesLost).toBe(100)
})
