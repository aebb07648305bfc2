import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import { askWorker, buildBenchWorker } from '../harness/ask-worker.ts'
import type { KernelsAnswer, KernelsOrder } from './order.ts'

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.html': 'text/html',
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
    await buildBenchWorker(new URL('kernels-worker.ts', import.meta.url), folder, '/')
    await writeFile(join(folder, 'index.html'), '<!doctype html><title>kernels</title>')
    const server = await serve(folder)
    try {
      return await askWorker<KernelsAnswer>({
        chromium,
        page: server.origin,
        worker: '/kernels-worker.js',
        order,
      })
    } finally {
      server.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
