import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext, type Page } from 'playwright-core'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { apiPaths } from '../../core/wire/api-paths.ts'
import { startEdge } from '../../edge/start-edge.ts'
import { findChromium } from '../../test/find-chromium.ts'

/** An app that has been used, in a browser that is offline: its edge is gone. */
export interface PreparedApp {
  readonly context: BrowserContext
  readonly origin: string
  readonly manifest: Manifest
  /**
   * Addresses, as they are stored: the WebAssembly file, the inference worker's script, the generalist's
   * weights.
   */
  readonly files: { readonly wasm: string; readonly worker: string; readonly blob: string }
  close(): Promise<void>
}

const bundleId = 'walkers'
/**
 * So long a visit lasts: the browser stores compiled code, and the app what it has fetched, when there is
 * nothing else to do.
 */
const visitMs = 2500

/** @param root the project's folder, with a built page in `dist` */
export async function prepareApp(root: string): Promise<PreparedApp> {
  const profile = await mkdtemp(join(tmpdir(), 'cachenet-cold-start-'))
  const edge = await startEdge({
    port: 0,
    host: '127.0.0.1',
    bundlesFolder: join(root, 'public/bundles'),
    pageFolder: join(root, 'dist'),
    defaultBundle: bundleId,
  })
  const { origin } = edge
  // A profile on disk, as a person's is: what is stored is read from there.
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-gpu'],
  })
  const close = async (): Promise<void> => {
    await context.close()
    await edge.close()
    await rm(profile, { recursive: true, force: true })
  }
  try {
    for (let visit = 0; visit < 2; visit++) await visitOnce(context, origin)
    const page = await context.newPage()
    await page.goto(`${origin}/icons/icon.svg`)
    const stored = await page.evaluate(async () => {
      const name = (await caches.keys()).find((key) => key.startsWith('cachenet-app')) ?? ''
      return (await (await caches.open(name)).keys()).map(({ url }) => url.replace(/\?sha256=.*$/, ''))
    })
    await page.close()
    const manifest = parseManifest(await (await fetch(`${origin}${apiPaths.manifest(bundleId)}`)).json())
    await edge.close()
    const find = (pattern: RegExp): string => stored.find((url) => pattern.test(url)) ?? ''
    const blob = `${origin}${apiPaths.blob(bundleId, manifest.generalist.whole.sha256)}`
    return {
      context,
      origin,
      manifest,
      files: { wasm: find(/\.wasm$/), worker: find(/\/assets\/main-[^/]*\.js$/), blob },
      close,
    }
  } catch (thrown) {
    await close()
    throw thrown
  }
}

async function visitOnce(context: BrowserContext, origin: string): Promise<void> {
  const page = await context.newPage()
  await page.goto(`${origin}/?bundle=${bundleId}&demo=1&hold=4&rate=max`)
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
  await page.getByTestId('play-demo').click()
  await page.waitForFunction(
    () => document.querySelector('[data-testid="stream-state"]')?.getAttribute('data-state') === 'ended',
  )
  await page.waitForTimeout(visitMs)
  await page.close()
}

/** A new tab in a browser that has come to rest, and whose service workers all sleep. */
export async function openColdTab(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  // The browser's own windows start with the tab.
  await page.waitForTimeout(600)
  const session = await context.newCDPSession(page)
  await session.send('ServiceWorker.enable')
  await session.send('ServiceWorker.stopAllWorkers')
  await session.detach()
  return page
}
