import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium as browserType } from 'playwright-core'
import { build } from 'vite'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { KernelsAnswer, KernelsOrder } from './order.ts'
import { packForPage } from './pack-for-page.ts'

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.html': 'text/html',
}

/** The worker and its WebAssembly files, as the product's build makes them. */
async function buildWorker(folder: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    root: fileURLToPath(new URL('.', import.meta.url)),
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2022',
      copyPublicDir: false,
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: fileURLToPath(new URL('kernels-worker.ts', import.meta.url)),
        output: { entryFileNames: 'kernels-worker.js', format: 'es' },
      },
    },
  })
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>kernels</title>')
}

/** Serves a folder, isolated from other origins: clocks are finer then. */
async function serve(folder: string): Promise<{ origin: string; close(): void }> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname)
    readFile(join(folder, path === '/' ? 'index.html' : path)).then(
      (body) =>
        response
          .writeHead(200, {
            'content-type': types[extname(path)] ?? 'text/html',
            'cross-origin-opener-policy': 'same-origin',
            'cross-origin-embedder-policy': 'require-corp',
          })
          .end(body),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, close: () => void server.close() }
}

/**
 * Runs an order in a worker of a page of its own. Throws `engine-failed` where it cannot be run.
 *
 * @param chromium path of the browser
 */
export async function measureInChromium(chromium: string, order: KernelsOrder): Promise<KernelsAnswer> {
  const folder = await mkdtemp(join(tmpdir(), 'cachenet-kernels-'))
  try {
    await buildWorker(folder)
    const server = await serve(folder)
    const browser = await browserType.launch({
      executablePath: chromium,
      args: ['--no-sandbox', '--disable-gpu'],
    })
    try {
      const page = await browser.newPage()
      await page.goto(server.origin)
      // No function with a name in there: the loader that runs TypeScript would wrap it in one that the page
      // does not have.
      const told = await page.evaluate(async (packed) => {
        const order = JSON.parse(packed, (_key, value: unknown) =>
          typeof value === 'object' && value !== null && 'base64' in value && typeof value.base64 === 'string'
            ? Uint8Array.from(atob(value.base64), (letter) => letter.charCodeAt(0))
            : value,
        ) as unknown
        const worker = new Worker('/kernels-worker.js', { type: 'module' })
        return new Promise<{ answer?: KernelsAnswer; failure?: string }>((resolve) => {
          worker.onmessage = ({ data }) => resolve(data as { answer?: KernelsAnswer })
          worker.onerror = (event) => resolve({ failure: event.message })
          worker.postMessage(order)
        })
      }, packForPage(order))
      if (told.answer === undefined)
        throw new CacheNetError(
          'engine-failed',
          `The kernels could not be measured: ${told.failure ?? 'no answer'}`,
        )
      return told.answer
    } finally {
      await browser.close()
      server.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
