import { copyFile, readFile, readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { requireLayers } from '../../core/bundle/full-network.ts'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import { preprocess } from '../../core/image/preprocess.ts'
import { bundleGraph } from '../../edge/engine/onnx/bundle-graph.ts'
import { startEdge } from '../../edge/start-edge.ts'
import { askWorker, buildBenchWorker } from '../harness/ask-worker.ts'
import { ratios, spreadOf, type Spread } from '../harness/spread.ts'
import type { EngineAnswer, EngineOrder } from './order.ts'

export interface EngineMeasurement {
  readonly command: string
  readonly frames: number
  readonly rounds: number
  readonly msPerFrame: Readonly<Record<string, Spread>>
  /** Time of the other runtime over ours, of the same round. */
  readonly onnxRuntimeWebOverOurs: Spread
  readonly layersModelOverOurs: Spread
  readonly graphModelOverOurs: Spread
  /**
   * Bare convolutions over the whole partition as the product runs it, and as tfjs's ops do, of the same
   * round.
   */
  readonly convolutionsOverPartition: Spread
  readonly convolutionsOverOps: Spread
  /**
   * Frames on which another runtime's answer is not ours; `partition`: on which it answers otherwise than
   * through tfjs's ops.
   */
  readonly disagreements: Readonly<Record<string, number>>
}

/** Builds the worker beside the page, with the runtimes that it loads. */
async function buildEngineWorker(pageFolder: string): Promise<void> {
  const folder = join(pageFolder, 'bench')
  await buildBenchWorker(new URL('engine-worker.ts', import.meta.url), folder, '/bench/')
  const require = createRequire(import.meta.url)
  const tfjs = join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist')
  const ort = dirname(require.resolve('onnxruntime-web/wasm'))
  for (const name of (await readdir(tfjs)).filter((file) => file.endsWith('.wasm')))
    await copyFile(join(tfjs, name), join(folder, name))
  for (const name of ['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'])
    await copyFile(join(ort, name), join(folder, name))
}

export interface EngineOptions {
  readonly chromium: string
  readonly bundleFolder: string
  readonly pageFolder: string
  /** Pixels, RGB. */
  readonly images: readonly Uint8Array[]
  readonly rounds: number
}

/**
 * The full model through ours, ONNX Runtime Web, and tfjs as a LayersModel and as a GraphModel; a partition
 * whole, and its convolutions alone.
 */
export async function runEngines({
  chromium,
  bundleFolder,
  pageFolder,
  images,
  rounds,
}: EngineOptions): Promise<EngineMeasurement> {
  await buildEngineWorker(pageFolder)
  const manifest = parseManifest(JSON.parse(await readFile(join(bundleFolder, 'manifest.json'), 'utf8')))
  const { input, networks } = manifest
  const blob = async (sha256: string): Promise<Uint8Array> =>
    new Uint8Array(await readFile(join(bundleFolder, 'blobs', `${sha256}.bin`)))
  const full = { spec: requireLayers(networks.full), blob: await blob(manifest.full.whole.sha256) }
  const order: EngineOrder = {
    full,
    partition: {
      spec: networks.partition,
      blob: await blob((manifest.partitions[0] ?? manifest.generalist).whole.sha256),
    },
    // A Buffer would pack itself.
    onnx: new Uint8Array(bundleGraph({ id: manifest.id, full }, { isForBatches: false })),
    inputShape: [input.height, input.width, input.channels],
    frames: images.map((rgb) => preprocess(rgb, input)),
    rounds,
  }
  const edge = await startEdge({
    port: 0,
    host: '127.0.0.1',
    bundlesFolder: dirname(bundleFolder),
    pageFolder,
    defaultBundle: manifest.id,
    stopTimeoutMs: 1_000,
  })
  try {
    const answer = await askWorker<EngineAnswer>({
      chromium,
      page: `${edge.origin}/icons/icon.svg`,
      worker: '/bench/engine-worker.js',
      order,
    })
    return summarizeEngines(answer, rounds)
  } finally {
    await edge.close()
  }
}

const differing = (
  given: readonly (number | undefined)[] = [],
  expected: readonly (number | undefined)[] = [],
): number => given.filter((answer, index) => answer !== expected[index]).length

const otherRuntimes = ['fullOnnxRuntimeWeb', 'fullLayersModel', 'fullGraphModel']

export function summarizeEngines({ msPerFrame, answers }: EngineAnswer, rounds: number): EngineMeasurement {
  const of = (name: string): readonly number[] => msPerFrame[name] ?? []
  const ours = answers['full'] ?? []
  return {
    command: 'npm run bench -- strategies --only kernels',
    frames: ours.length,
    rounds,
    msPerFrame: Object.fromEntries(
      Object.entries(msPerFrame).map(([name, times]) => [name, spreadOf(times)]),
    ),
    onnxRuntimeWebOverOurs: spreadOf(ratios(of('fullOnnxRuntimeWeb'), of('full'))),
    layersModelOverOurs: spreadOf(ratios(of('fullLayersModel'), of('full'))),
    graphModelOverOurs: spreadOf(ratios(of('fullGraphModel'), of('full'))),
    convolutionsOverPartition: spreadOf(ratios(of('partitionConvolutions'), of('partition'))),
    convolutionsOverOps: spreadOf(ratios(of('partitionConvolutions'), of('partitionThroughOps'))),
    disagreements: Object.fromEntries([
      ...otherRuntimes.map((name) => [name, differing(answers[name], ours)] as const),
      ['partition', differing(answers['partition'], answers['partitionThroughOps'])],
    ]),
  }
}
