import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { chromium, type BrowserContext, type Page } from 'playwright-core'
import { CacheNetError } from '../../core/wire/errors.ts'
import { parseSessionLog, type SessionLog } from './session-log.ts'

export interface PlayOptions {
  /** Path of a Chromium. */
  readonly chromium: string
  readonly origin: string
  readonly bundleId: string
  /** How many partitions the page may keep. */
  readonly cachePartitions: number
  /** Laid out as `withStreamFolder` does it. */
  readonly folder: string
  /** Called again and again; undefined where the page does not say how far it is. */
  readonly onProgress: (done: number | undefined) => void
  /** More of the page's address. */
  readonly query?: Readonly<Record<string, string>>
  /** The browser says that its user saves data: then deltas are good enough for the page. */
  readonly isSavingData?: boolean
  /**
   * Waits until the bundle is open and the service worker in charge, then calls this, and only then plays.
   */
  readonly beforePlay?: () => Promise<void>
  /** The stream is over, and its log not yet exported. */
  readonly afterPlay?: () => Promise<void>
  /** More arguments for the browser. */
  readonly browserArguments?: readonly string[]
  /** Size of the window in CSS pixels; playwright's where left out. */
  readonly viewport?: { readonly width: number; readonly height: number }
  /** How often the page is asked how far it is; asking costs the page a little. */
  readonly pollMs?: number
}

const browserArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
]
const readyMs = 60_000
const defaultPollMs = 250

interface Shown {
  readonly state: string | undefined
  /** Frames that the page has answered; undefined where it does not say. */
  readonly done: number | undefined
}

async function look(page: Page): Promise<Shown> {
  // No function with a name in there: the loader that runs TypeScript would wrap it in one that the page does
  // not have.
  const [state, count] = await page.evaluate(() => [
    document.querySelector('[data-testid="stream-state"]')?.getAttribute('data-state') ?? undefined,
    document.querySelector('[data-testid="counter-frames"] dd')?.textContent,
  ])
  // As people read it, with separators between the thousands.
  const digits = count?.replaceAll(/\D/g, '') ?? ''
  return { state, done: digits === '' ? undefined : Number(digits) }
}

async function gaveUp(page: Page, state: string | undefined): Promise<CacheNetError> {
  const text = await page.locator('body').innerText()
  return new CacheNetError(
    'source-unavailable',
    `The page did not play the stream to its end (${state ?? 'no state'}). It says:\n${text.slice(0, 2000)}`,
  )
}

/** Ends once the stream has; rejects where the page gave up, or never began. */
async function untilEnded(
  signal: AbortSignal,
  page: Page,
  { onProgress, pollMs = defaultPollMs }: PlayOptions,
): Promise<void> {
  const beginBy = performance.now() + readyMs
  for (;;) {
    const { state, done } = await look(page)
    onProgress(done)
    if (state === 'ended') return
    if (state !== 'playing' && (state !== 'idle' || performance.now() > beginBy))
      throw await gaveUp(page, state)
    await wait(pollMs, undefined, { signal })
  }
}

async function exportLog(page: Page): Promise<SessionLog> {
  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: readyMs }),
    page.getByTestId('export-json').click({ timeout: readyMs }),
  ])
  return parseSessionLog(await readFile(await download.path(), 'utf8'))
}

async function drive(
  signal: AbortSignal,
  context: BrowserContext,
  options: PlayOptions,
): Promise<SessionLog> {
  const page = context.pages()[0] ?? (await context.newPage())
  const address = new URL(options.origin)
  address.search = new URLSearchParams({
    bundle: options.bundleId,
    cache: String(options.cachePartitions),
    rate: 'max',
    ...options.query,
  }).toString()
  if (options.isSavingData === true)
    await page.addInitScript("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
  await page.goto(address.href, { timeout: readyMs })
  if (options.beforePlay !== undefined) {
    await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated', undefined, {
      timeout: readyMs,
    })
    await page
      .locator('[data-testid="edge-state"][data-state="online"]')
      .waitFor({ state: 'attached', timeout: readyMs })
    // What the page fetches before anything plays is there before anything plays, as it is for *Device*.
    if (options.query?.full === 'auto') {
      await page.getByTestId('tab-settings').click({ timeout: readyMs })
      await page
        .locator('[data-testid="full-model-state"][data-state="ready"]')
        .waitFor({ state: 'attached', timeout: readyMs })
      await page.getByTestId('tab-watch').click({ timeout: readyMs })
    }
    await options.beforePlay()
  }
  await page.getByTestId('folder-input').setInputFiles(options.folder, { timeout: readyMs })
  await untilEnded(signal, page, options)
  await options.afterPlay?.()
  await page.getByTestId('tab-insight').click({ timeout: readyMs })
  return exportLog(page)
}

/**
 * Rejects when the signal does, or when the page dies: then nothing that it was asked for will ever be
 * answered.
 */
function interrupted(signal: AbortSignal, context: BrowserContext): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = (): void => reject(CacheNetError.from(signal.reason, 'aborted'))
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    const died = (): void =>
      reject(
        new CacheNetError('source-unavailable', 'The page or its browser ended in the middle of the stream.'),
      )
    context.once('close', died)
    for (const page of context.pages()) page.once('crash', died)
  })
}

/**
 * Plays a folder through the real page, in a browser with a fresh profile, and returns what the page logged.
 * The browser and its profile are gone afterwards. Throws `source-unavailable` where the page gives up,
 * `aborted` where the signal says so.
 */
export async function playInPage(signal: AbortSignal, options: PlayOptions): Promise<SessionLog> {
  signal.throwIfAborted()
  const profile = await mkdtemp(join(tmpdir(), 'cachenet-profile-'))
  try {
    // Its own handlers would end the process before anything else is tidied up.
    const ours = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false }
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: options.chromium,
      headless: true,
      args: [...browserArguments, ...(options.browserArguments ?? [])],
      ...(options.viewport && { viewport: options.viewport }),
      ...ours,
    })
    try {
      return await Promise.race([drive(signal, context, options), interrupted(signal, context)])
    } finally {
      await context.close()
    }
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}
