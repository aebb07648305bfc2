import { fileURLToPath } from 'node:url'
import { chromium as browserType } from 'playwright-core'
import { build } from 'vite'
import { CacheNetError } from '../../core/wire/errors.ts'
import { packForPage } from './pack-for-page.ts'

/**
 * Builds a worker and its WebAssembly files as the product's build makes them.
 *
 * @param entry the worker's source; its file in `folder` has the same name, and ends in `.js`
 * @param folder emptied first
 * @param base path under which `folder` is served
 */
export async function buildBenchWorker(entry: URL, folder: string, base: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    root: fileURLToPath(new URL('.', entry)),
    base,
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2022',
      copyPublicDir: false,
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: fileURLToPath(entry),
        output: { entryFileNames: '[name].js', format: 'es' },
      },
    },
  })
}

export interface WorkerQuestion {
  /** Path of the browser. */
  readonly chromium: string
  /** A page of the origin that serves the worker. */
  readonly page: string
  /** Path of the worker on that origin. */
  readonly worker: string
  /** What it is sent, once: plain values, Uint8Arrays and Float32Arrays. */
  readonly order: unknown
}

/**
 * Runs a worker on a page of a browser of its own, and gives what it posts as `answer`. Throws
 * `engine-failed` with the worker's own words where it posts none.
 */
export async function askWorker<Answer>({
  chromium,
  page: address,
  worker: path,
  order,
}: WorkerQuestion): Promise<Answer> {
  const browser = await browserType.launch({
    executablePath: chromium,
    args: ['--no-sandbox', '--disable-gpu'],
  })
  try {
    const page = await browser.newPage()
    await page.goto(address)
    // No function with a name in there: the loader that runs TypeScript would wrap it in one that the page
    // does not have.
    const told = await page.evaluate(
      async ({ packed, path }) => {
        const order = JSON.parse(packed, (_key, value: unknown) => {
          if (
            typeof value !== 'object' ||
            value === null ||
            !('base64' in value) ||
            typeof value.base64 !== 'string'
          )
            return value
          const bytes = Uint8Array.from(atob(value.base64), (letter) => letter.charCodeAt(0))
          return 'isFloat' in value ? new Float32Array(bytes.buffer) : bytes
        }) as unknown
        const worker = new Worker(path, { type: 'module' })
        return new Promise<{ answer?: unknown; failure?: string }>((resolve) => {
          worker.onmessage = ({ data }) => resolve(data as { answer?: unknown })
          worker.onerror = (event) => resolve({ failure: event.message })
          worker.postMessage(order)
        })
      },
      { packed: packForPage(order), path },
    )
    if (told.answer === undefined)
      throw new CacheNetError('engine-failed', `${path} gave no answer: ${told.failure ?? 'no reason'}`)
    return told.answer as Answer
  } finally {
    await browser.close()
  }
}
