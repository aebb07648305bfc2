import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { apiPaths } from '../../core/wire/frames.ts'
import { startCountingEdge, type CountingEdge } from './harness/counting-edge.ts'
import { launchChromium } from './harness/launch-chromium.ts'
import { findStory, type Story } from './harness/story-scenes.ts'

// The story that CacheNet is about, on the built page, in a real browser, against a real edge, with the
// released bundle. Requests are counted at the edge, and what is cached is read from Cache Storage: nothing
// is taken from the page's own counters.

const root = fileURLToPath(new URL('../..', import.meta.url))
const bundleFolder = join(root, 'public/bundles/walkers')
/** Frames of each scene. */
const hold = 6

let edge: CountingEdge
let browser: Browser
let context: BrowserContext
let page: Page
let story: Story

beforeAll(async () => {
  story = await findStory(bundleFolder, hold)
  edge = await startCountingEdge(['walkers'], join(root, 'dist'))
  browser = await launchChromium()
  context = await browser.newContext()
  page = await context.newPage()
})

afterAll(async () => {
  await browser.close()
  await edge.close()
})

const framesPath = apiPaths.frames('walkers')

function hashOf(partition: string): string {
  const ref = story.manifest.partitions.find(({ id }) => id === partition)?.whole
  if (ref === undefined) throw new RangeError(`The bundle has no partition ${partition}.`)
  return ref.sha256
}

const blobPath = (partition: string): string => apiPaths.blob('walkers', hashOf(partition))
const deltaHashes = (): string[] =>
  story.manifest.partitions.flatMap(({ delta }) => (delta === undefined ? [] : [delta.sha256]))
const generalistHash = (): string => story.manifest.generalist.whole.sha256

/** Opens the page with a demo that plays these walkers, `hold` frames each, and then ends. */
async function open(walkers: readonly number[], frames = hold): Promise<void> {
  await page.goto(`${edge.origin}/?demo=${walkers.join(',')}&hold=${frames}&rate=max&probes=1`)
  await page.getByTestId('play-demo').waitFor()
}

/** Plays the demo to its end. Returns what the API of the edge was asked meanwhile. */
async function play(): Promise<string[]> {
  edge.takeRequests()
  await page.getByTestId('play-demo').click()
  await vi.waitFor(
    async () => expect(await page.getByTestId('stream-state').getAttribute('data-state')).toBe('ended'),
    { timeout: 60_000, interval: 100 },
  )
  // The gate is held still (`probes=1`), and deltas travel beside the story.
  return edge
    .takeRequests()
    .filter(
      (request) => request.includes(' /api/') && !deltaHashes().some((sha256) => request.includes(sha256)),
    )
}

/** Hashes of the blobs in Cache Storage, as the browser has them. */
const cachedBlobs = async (): Promise<string[]> => {
  const blobs = await page.evaluate(async () => {
    const cache = await caches.open('cachenet-partitions-v1')
    return (await cache.keys()).map(({ url }) => url.split('/').at(-1) ?? '').sort()
  })
  return blobs.filter((sha256) => !deltaHashes().includes(sha256))
}

const outcome = (): Promise<string | null> => page.getByTestId('answer-badge').getAttribute('data-outcome')

describe('the story of three partitions and a cache of two', () => {
  it('begins with an active service worker and a budget of two', async () => {
    await open([])
    await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
    await page.getByTestId('tab-cache').click()
    await page.getByTestId('budget').fill('2')
    expect(await page.getByTestId('budget-value').textContent()).toBe('2')
  })

  it('asks the edge once a scene, and evicts the least recently used partition', async () => {
    const [a, b, c] = story.scenes
    await open([a.walker, b.walker, c.walker, a.walker])
    await vi.waitFor(async () => expect(await cachedBlobs()).toEqual([generalistHash()]), { timeout: 20_000 })
    const requests = await play()
    // Each scene: one miss that uploads a frame and downloads a partition; the other frames are hits and ask
    // nobody.
    expect(requests).toEqual([
      `POST ${framesPath}`,
      `GET ${blobPath(a.partition)}`,
      `POST ${framesPath}`,
      `GET ${blobPath(b.partition)}`,
      `POST ${framesPath}`,
      `GET ${blobPath(c.partition)}`,
      `POST ${framesPath}`,
      `GET ${blobPath(a.partition)}`,
    ])
    await vi.waitFor(async () =>
      expect(await cachedBlobs()).toEqual(
        [hashOf(c.partition), hashOf(a.partition), generalistHash()].sort(),
      ),
    )
    expect(await outcome()).toBe('hit')
  })

  it('comes back to a cached partition with an upload and no download', async () => {
    const [a, , c] = story.scenes
    await open([c.walker, a.walker])
    expect((await play()).filter((request) => !request.startsWith(`POST ${framesPath}`))).toEqual([])
  })

  it('goes on without the edge: it starts offline, hits are answered, and other regions are called uncertain', async () => {
    const [a, b] = story.scenes
    await edge.stop()
    await open([a.walker])
    expect(await page.evaluate(() => navigator.serviceWorker.controller?.state)).toBe('activated')
    await play()
    expect(await outcome()).toBe('hit')

    await open([b.walker], 1)
    await play()
    expect(await outcome()).toBe('uncertain')
    expect(await page.getByTestId('edge-state').getAttribute('data-state')).toBe('offline')
    expect(await cachedBlobs()).not.toContain(hashOf(b.partition))
  })

  it('has its misses answered again once the edge is back, without a reload', async () => {
    const [, b] = story.scenes
    await edge.start()
    await vi.waitFor(
      async () => {
        expect(await play()).toContain(`POST ${framesPath}`)
        expect(await outcome()).toBe('miss')
      },
      { timeout: 60_000, interval: 1000 },
    )
    await vi.waitFor(async () => expect(await cachedBlobs()).toContain(hashOf(b.partition)), {
      timeout: 10_000,
    })
  })
})
