import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { writeResult } from '../harness/write-result.ts'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium as browserType } from 'playwright-core'
import { build } from 'vite'
import { requireLayers } from '../../core/bundle/full-network.ts'
import { parseManifest, type Manifest } from '../../core/bundle/manifest.ts'
import { planNetwork } from '../../core/network/plan.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { currentCommit } from '../../train/run/commit.ts'
import { machine, packageVersion } from '../harness/machine.ts'
import { watchOtherWork } from '../harness/other-work.ts'
import { ratios, spreadOf, type Spread } from '../harness/spread.ts'
import { packForPage } from './pack-for-page.ts'
import type { KernelsAnswer, KernelsOrder, ReleasedNetwork } from './order.ts'
import type { KernelsBenchSettings } from './settings.ts'

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

async function releasedNetworks(folder: string): Promise<Record<'partition' | 'full', ReleasedNetwork>> {
  const manifest: Manifest = parseManifest(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')))
  const blob = async (sha256: string): Promise<Uint8Array> =>
    new Uint8Array(await readFile(join(folder, 'blobs', `${sha256}.bin`)))
  const { networks, generalist, full, id } = manifest
  return {
    partition: {
      name: `${id}/generalist`,
      spec: networks.generalist,
      blob: await blob(generalist.whole.sha256),
    },
    full: { name: `${id}/full`, spec: requireLayers(networks.full), blob: await blob(full.whole.sha256) },
  }
}

async function measureInChromium(chromium: string, order: KernelsOrder): Promise<KernelsAnswer> {
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

const show = ({ n, median, least, most }: Spread): string =>
  `${median.toFixed(3)} (${least.toFixed(3)}–${most.toFixed(3)}, n = ${n})`

/** Measures our kernels against tfjs's in one page, says what came out and writes the numbers. */
export async function runKernelsBench(
  { rounds, bundles, bundle, out }: KernelsBenchSettings,
  { chromium, say }: { readonly chromium: string; readonly say: (line: string) => void },
): Promise<void> {
  const ids = (await readdir(bundles, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
  const compared: ReleasedNetwork[] = []
  for (const id of ids) compared.push(...Object.values(await releasedNetworks(join(bundles, id))))
  const timed = await releasedNetworks(join(bundles, bundle))
  const otherWork = watchOtherWork()
  const answer = await measureInChromium(chromium, { timed, compared, rounds })
  const otherCores = otherWork()
  const of = (name: string): readonly number[] => answer.msPerFrame[name] ?? []
  const over = (name: string): Spread => spreadOf(ratios(of(`${name}Tfjs`), of(name)))
  const spread = {
    partitionOverTfjs: over('partition'),
    fullOverTfjs: over('full'),
    mobileOverTfjs: over('mobile'),
  }
  const overPlain = Object.fromEntries(
    ['partition', 'full', 'mobile'].map((name) => [
      name,
      spreadOf(ratios(of(`${name}Tfjs`), of(`${name}Plain`))),
    ]),
  )
  const msPerFrame = Object.fromEntries(
    Object.entries(answer.msPerFrame).map(([name, times]) => [name, spreadOf(times)]),
  )
  for (const [name, times] of Object.entries(msPerFrame)) say(`${name.padEnd(20)}${show(times)} ms`)
  for (const [name, values] of Object.entries(spread)) say(`${name.padEnd(20)}${show(values)}`)
  for (const [name, values] of Object.entries(overPlain)) say(`${`${name}, plain`.padEnd(20)}${show(values)}`)
  const largest = Math.max(...Object.values(answer.largestDifference))
  say(`largest difference of a logit ${largest.toExponential(1)}`)
  const medians = Object.fromEntries(Object.entries(spread).map(([name, { median }]) => [name, median]))
  const result = {
    ...medians,
    command: 'npm run bench -- kernels',
    measuredAt: new Date().toISOString(),
    commit: await currentCommit(),
    machine: machine(),
    coresKeptBusyByOthers: otherCores,
    browser: answer.hasRelaxedSimd ? 'relaxed SIMD' : 'plain SIMD',
    versions: Object.fromEntries(
      ['@tensorflow/tfjs-backend-wasm', 'assemblyscript', 'playwright-core'].map((name) => [
        name,
        packageVersion(name),
      ]),
    ),
    n: rounds,
    megaMacs: {
      partition: planNetwork(timed.partition.spec).megaMacs,
      full: planNetwork(timed.full.spec).megaMacs,
      mobile: answer.mobileMegaMacs,
    },
    spread,
    /** The same without relaxed SIMD, as browsers have it that lack it. */
    plainOverTfjs: overPlain,
    msPerFrame,
    largestLogitDifference: answer.largestDifference,
    raw: answer.msPerFrame,
  }
  await writeResult(out, result, say)
}
