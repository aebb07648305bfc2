import { fileURLToPath } from 'node:url'
import { chromium, type BrowserContext } from 'playwright-core'
import { parseManifest } from '../core/bundle/manifest.ts'
import { apiPaths } from '../core/wire/frames.ts'
import { startEdge } from '../edge/start-edge.ts'
import { findChromium } from '../test/find-chromium.ts'

// How long the app takes to its first answer, started from its own store with no network, beside a bare page that only loads the
// WebAssembly file and one partition from the same store. Rounds alternate; times count from the navigation.

const rounds = 15
const root = fileURLToPath(new URL('..', import.meta.url))

const edge = await startEdge({ port: 0, host: '127.0.0.1', bundlesFolder: `${root}public/bundles`, pageFolder: `${root}dist`, defaultBundle: 'walkers' })
const { origin } = edge
const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox', '--disable-gpu'] })
const context = await browser.newContext()

/** Time at which the page shows its first answer, in milliseconds since its navigation began. */
async function appMs(within: BrowserContext): Promise<number> {
  const page = await within.newPage()
  await page.addInitScript(() => {
    new MutationObserver((_changes, observer) => {
      if (document.querySelector('[data-testid="answer-label"]') === null) return
      observer.disconnect()
      Object.assign(globalThis, { firstAnswerMs: performance.now() })
    }).observe(document, { subtree: true, childList: true })
  })
  await page.goto(`${origin}/?bundle=walkers&play=demo&demo=1&hold=1&rate=max`)
  const handle = await page.waitForFunction(() => (globalThis as { firstAnswerMs?: number }).firstAnswerMs)
  const ms = Number(await handle.jsonValue())
  await page.close()
  return ms
}

/** The same for a page that has nothing but the two files to load. */
async function bareMs(within: BrowserContext, files: { readonly wasm: string; readonly blob: string }): Promise<number> {
  const page = await within.newPage()
  await page.goto(`${origin}/icons/icon.svg`)
  const ms = await page.evaluate(async ({ wasm, blob }) => {
    const weights = fetch(blob).then((response) => response.arrayBuffer())
    await WebAssembly.compile(await (await fetch(wasm)).arrayBuffer())
    await weights
    return performance.now()
  }, files)
  await page.close()
  return ms
}

const quantile = (values: readonly number[], share: number): number => [...values].sort((a, b) => a - b)[Math.round((values.length - 1) * share)] ?? Number.NaN
const summary = (values: readonly number[]): string => `median ${quantile(values, 0.5).toFixed(0)} ms, ${quantile(values, 0.1).toFixed(0)} to ${quantile(values, 0.9).toFixed(0)} (p10 to p90), n = ${values.length}`

try {
  const page = await context.newPage()
  await page.goto(`${origin}/?bundle=walkers&demo=1&hold=4&rate=max`)
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
  await page.getByTestId('play-demo').click()
  await page.waitForFunction(() => document.querySelector('[data-testid="stream-state"]')?.getAttribute('data-state') === 'ended')
  await page.waitForTimeout(2000)
  const wasm = await page.evaluate(async () => (await (await caches.open((await caches.keys()).find((name) => name.includes('precache')) ?? '')).keys()).map(({ url }) => url).find((url) => url.includes('.wasm')) ?? '')
  const manifest = parseManifest(await (await fetch(`${origin}${apiPaths.manifest('walkers')}`)).json())
  const blob = `${origin}${apiPaths.blob('walkers', manifest.generalist.whole.sha256)}`
  await page.close()
  await edge.close()

  const app: number[] = []
  const bare: number[] = []
  for (let round = 0; round < rounds; round++) {
    bare.push(await bareMs(context, { wasm, blob }))
    app.push(await appMs(context))
  }
  console.log(`first answer of the app:                  ${summary(app)}`)
  console.log(`WebAssembly file and one partition alone: ${summary(bare)}`)
  console.log(`ratio of the medians: ${(quantile(app, 0.5) / quantile(bare, 0.5)).toFixed(2)}`)
} finally {
  await browser.close()
  await edge.close()
}
process.exit(0)
