import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import type { Manifest } from '../../../core/bundle/manifest.ts'
import { sha256Hex } from '../../../core/bundle/hash.ts'
import { createRandom } from '../../../core/random.ts'
import { createSampleBundle } from '../../../core/testing/sample-bundle.ts'
import { apiPaths } from '../../../core/wire/frames.ts'
import { startEdge, type RunningEdge } from '../../../edge/start-edge.ts'
import { temporaryFolder, writeBundle } from '../../../edge/testing/bundle-folder.ts'
import { builtFolder } from './built-folder.ts'
import type { FaultCase, FaultTarget } from './fault-cases.ts'
import { startFaultProxy } from './fault-proxy.ts'
import { networkFaults } from './network-faults.ts'

/**
 * How long a page may take to come to an answer or to an error that it names, and to recover once the network
 * has.
 */
const verdictLimitMs = 35_000
const recoveryLimitMs = 75_000
const pollMs = 150
const images = 3

/** What a person sees of the page, read at once. */
interface Sight {
  readonly isStarted: boolean
  readonly text: string
  readonly codes: readonly string[]
  readonly state: string | null
  readonly outcome: string | null
  readonly label: string
}

const nothingYet: Sight = { isStarted: false, text: '', codes: [], state: null, outcome: null, label: '' }

/** Nothing, while the page is on its way to somewhere. */
const look = (page: Page): Promise<Sight> =>
  page
    .evaluate(() => ({
      isStarted: document.documentElement.dataset['started'] === 'true',
      text: (document.body as HTMLElement | null)?.innerText ?? '',
      codes: [...document.querySelectorAll('code')].map((code) => code.textContent),
      state: document.querySelector('[data-testid="stream-state"]')?.getAttribute('data-state') ?? null,
      outcome: document.querySelector('[data-testid="answer-badge"]')?.getAttribute('data-outcome') ?? null,
      label: document.querySelector('[data-testid="answer-label"]')?.textContent.trim() ?? '',
    }))
    .catch(() => nothingYet)

const pause = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs))

/** The product behind a proxy that spoils what a case names. */
export interface FaultStage {
  /** Rejects where the page lies, says nothing, stores what is wrong, or does not recover. */
  play(faultCase: FaultCase): Promise<void>
  close(): Promise<void>
}

export async function openFaultStage(browser: Browser): Promise<FaultStage> {
  const { folder, remove } = await temporaryFolder()
  const bundle = await createSampleBundle({ seed: 5 })
  await writeBundle(folder, bundle)
  const edge: RunningEdge = await startEdge({
    port: 0,
    host: '127.0.0.1',
    threads: 1,
    bundlesFolder: folder,
    pageFolder: builtFolder,
  })
  const proxy = await startFaultProxy(edge.origin)
  const random = createRandom(7)
  const files = await Promise.all(
    Array.from({ length: images }, async (_, index) => {
      const rgb = Buffer.from(Array.from({ length: 16 * 16 * 3 }, () => Math.floor(random.next() * 256)))
      return {
        name: `frame-${index}.png`,
        mimeType: 'image/png',
        buffer: await sharp(rgb, { raw: { width: 16, height: 16, channels: 3 } })
          .png()
          .toBuffer(),
      }
    }),
  )
  const assets = await readdir(join(builtFolder, 'assets'))
  const asset = (pattern: RegExp): string => `/assets/${assets.find((name) => pattern.test(name)) ?? ''}`
  const parts: Readonly<Record<Exclude<FaultTarget, 'everything' | 'page'>, string>> = {
    script: asset(/^index-.*\.js$/),
    style: asset(/^index-.*\.css$/),
    worker: asset(/^main-(?!threaded).*\.js$/),
    kernels: asset(/wasm-simd-.*\.wasm$/),
    'service worker': '/sw.js',
    list: apiPaths.bundles,
    manifest: apiPaths.manifest('sample'),
    generalist: bundle.manifest.generalist.whole.sha256,
    partitions: '/blobs/',
    frames: apiPaths.frames('sample'),
  }
  // Every frame is asked about, and a partition is wanted.
  const address = `${proxy.origin}/?bundle=sample&threshold=0&probes=1&rate=max`
  const playFiles = (page: Page): Promise<void> =>
    page.getByTestId('images-input').setInputFiles(files, { timeout: 5_000 })

  /** The edge's answer to the last image, through a page that nothing goes wrong with. */
  async function askHealthily(): Promise<string> {
    const context = await browser.newContext()
    try {
      const page = await context.newPage()
      await page.goto(address)
      return (await untilRight(page, undefined)).label
    } finally {
      await context.close()
    }
  }

  /**
   * Plays again and again, without a reload, until the edge has answered the last image; `label`: and
   * rightly.
   */
  async function untilRight(page: Page, label: string | undefined): Promise<Sight> {
    const untilMs = performance.now() + recoveryLimitMs
    let sight = await look(page)
    let playedMs = -Infinity
    while (performance.now() < untilMs) {
      if (
        sight.state === 'ended' &&
        sight.outcome === 'miss' &&
        (label === undefined || sight.label === label)
      )
        return sight
      // A stream that is on its way is not disturbed.
      if (sight.isStarted && sight.state !== 'playing' && performance.now() - playedMs > 2_500) {
        playedMs = performance.now()
        await playFiles(page).catch(() => undefined)
      }
      await pause(pollMs)
      sight = await look(page)
    }
    throw new Error(`It did not recover: ${JSON.stringify({ ...sight, expected: label })}`)
  }

  const expected = await askHealthily()

  function spoil({ target, fault }: FaultCase): void {
    const how = networkFaults[fault]
    if (target === 'everything') proxy.faults.set('/', how)
    else if (target === 'page') proxy.faults.set('/?', how)
    else if (target !== 'partitions') proxy.faults.set(parts[target], how)
    else for (const { whole } of bundle.manifest.partitions) proxy.faults.set(whole.sha256, how)
  }

  /** A right answer, an uncertain one, or an error by its name, and nothing else. */
  async function untilVerdict(page: Page): Promise<void> {
    const untilMs = performance.now() + verdictLimitMs
    let hasPlayed = false
    let sight = await look(page)
    while (performance.now() < untilMs) {
      if (sight.isStarted && !hasPlayed)
        hasPlayed = await playFiles(page).then(
          () => true,
          () => false,
        )
      if (sight.state === 'ended') {
        if (
          sight.outcome === 'uncertain' ||
          sight.outcome === 'hit' ||
          (sight.outcome === 'miss' && sight.label === expected)
        )
          return
        throw new Error(
          `It shows ${sight.outcome ?? 'nothing'}, "${sight.label}", where "${expected}" is right.`,
        )
      }
      if (sight.codes.length > 0) return
      if (!sight.isStarted && /is (still )?loading/.test(sight.text)) return
      await pause(pollMs)
      sight = await look(page)
    }
    throw new Error(`It neither answers nor says why: ${JSON.stringify(sight)}`)
  }

  return {
    async play(faultCase) {
      const context = await browser.newContext()
      proxy.faults.clear()
      try {
        let page = await context.newPage()
        if (faultCase.visit === 'later') {
          await page.goto(address)
          await page.waitForFunction(
            () => navigator.serviceWorker.controller?.state === 'activated',
            undefined,
            { timeout: 30_000 },
          )
          await page.reload()
          await untilRight(page, expected)
          await page.close()
          page = await context.newPage()
        }
        spoil(faultCase)
        await page.goto(address, { waitUntil: 'commit', timeout: 10_000 }).catch(() => undefined)
        // In place of the page itself there is nothing of ours that could say anything.
        const isOurs =
          (faultCase.target !== 'page' && faultCase.target !== 'everything') || faultCase.visit === 'later'
        if (isOurs) await untilVerdict(page)
        else await pause(500)
        await expectNothingWrong(page, bundle.manifest, isOurs)
        proxy.faults.clear()
        if (!isOurs) await page.goto(address)
        await untilRight(page, expected)
        await expectNothingWrong(page, bundle.manifest, true)
      } finally {
        proxy.faults.clear()
        await context.close()
      }
    },
    async close() {
      await proxy.close()
      await edge.close()
      await remove()
    },
  }
}

/** Everything in Cache Storage is what its key says. */
async function expectNothingWrong(page: Page, manifest: Manifest, isOurs: boolean): Promise<void> {
  if (!isOurs) return
  const stored = await page.evaluate(async () => {
    const found: { cache: string; url: string; type: string | null; hash: string; named: string | null }[] =
      []
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      for (const key of await cache.keys()) {
        const response = await cache.match(key)
        const digest = await crypto.subtle.digest(
          'SHA-256',
          (await response?.arrayBuffer()) ?? new ArrayBuffer(0),
        )
        const hash = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
        found.push({
          cache: name,
          url: key.url,
          type: response?.headers.get('Content-Type') ?? null,
          hash,
          named: response?.headers.get('x-cachenet-manifest') ?? null,
        })
      }
    }
    return found
  })
  const list = new TextEncoder().encode(JSON.stringify(manifest, null, 2))
  for (const { cache, url, type, hash, named } of stored) {
    const wrong = (why: string): Error => new Error(`${cache} keeps ${url} (${type ?? 'no type'}): ${why}`)
    const { pathname, searchParams } = new URL(url)
    if (cache.startsWith('cachenet-app') || cache.startsWith('cachenet-threads')) {
      if (searchParams.get('sha256') !== hash) throw wrong('another file')
      if (
        pathname.endsWith('.js') !== (type?.startsWith('text/javascript') ?? false) ||
        pathname.endsWith('.html') !== (type?.startsWith('text/html') ?? false)
      )
        throw wrong('another type')
    } else if (cache.startsWith('cachenet-partitions')) {
      if (!pathname.endsWith(hash)) throw wrong('other weights')
    } else if (pathname.endsWith('manifest.json')) {
      if (named !== hash || hash !== (await sha256Hex(list))) throw wrong('another manifest')
    }
  }
}
