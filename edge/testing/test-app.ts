import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import type { Hono } from 'hono'
import { onTestFinished } from 'vitest'
import { createSampleBundle, type SampleBundle } from '../../core/testing/sample-bundle.ts'
import { createApp } from '../app.ts'
import { openBundleStore, type BundleStore } from '../bundles/store.ts'
import type { EdgeDeps } from '../deps.ts'
import type { Engine } from '../engine/engine.ts'
import { engineBundleOf } from '../bundles/engine-bundle.ts'
import { createWasmEngine } from '../engine/wasm.ts'
import { createBatcher, type BatcherOptions } from '../inference/batcher.ts'
import { temporaryFolder, writeBundle } from './bundle-folder.ts'
import { createEdgeMetrics } from '../metrics/edge-metrics.ts'
import { ownTrunk, withoutPartitions } from './engine-samples.ts'

export interface TestApp {
  readonly app: Hono
  readonly engine: Engine
  readonly bundlesFolder: string
  readonly pageFolder: string
  readonly store: BundleStore
  /** The bundle `sample`, whose encoder reads the full model's features. */
  readonly sample: SampleBundle
  /** The bundle `own`, whose encoder reads the image. */
  readonly own: SampleBundle
  /** The bundle `alone`, which has no partitions. */
  readonly alone: SampleBundle
  /** Lines of the log, parsed. */
  readonly logged: Record<string, unknown>[]
}

export interface OpenTestApp extends TestApp {
  close(): Promise<void>
}

/** As `createTestApp`, for as long as the caller wants. */
export async function openTestApp(
  parts: (deps: EdgeDeps) => Partial<EdgeDeps> = () => ({}),
  batching: BatcherOptions = {},
): Promise<OpenTestApp> {
  const bundles = await temporaryFolder()
  const page = await temporaryFolder()
  const pageFolder = join(page.folder, 'dist')
  await mkdir(pageFolder)
  const sample = await createSampleBundle({ hasDeltas: true })
  const own = await ownTrunk(await createSampleBundle({ id: 'own', seed: 2, partitions: 5 }))
  const alone = withoutPartitions(await createSampleBundle({ id: 'alone', seed: 3 }))
  const engine = await createWasmEngine()
  for (const bundle of [sample, own, alone]) await writeBundle(bundles.folder, bundle)
  const logged: Record<string, unknown>[] = []
  const log = pino(
    { level: 'debug' },
    { write: (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
  )
  const store = await openBundleStore({
    folder: bundles.folder,
    log,
    defaultBundle: 'sample',
    prepare: (bundle) => engine.load(engineBundleOf(bundle)),
  })
  const inference = createBatcher(engine, batching)
  const metrics = createEdgeMetrics({
    queued: () => inference.queued,
    engine: () => engine,
    bundles: () => store.bundles.map(({ manifest, key }) => ({ id: manifest.id, version: key })),
  })
  const deps: EdgeDeps = { bundles: store, inference, pageFolder, log, metrics }
  const app = createApp({ ...deps, ...parts(deps) })
  logged.length = 0
  const close = async (): Promise<void> => {
    await Promise.all([bundles.remove(), page.remove(), engine.close()])
  }
  return { app, engine, bundlesFolder: bundles.folder, pageFolder, sample, own, alone, store, logged, close }
}

/**
 * The real app with the real engine and three bundles on disk; gone at the end of the test. Parts can be
 * replaced.
 */
export async function createTestApp(...how: Parameters<typeof openTestApp>): Promise<TestApp> {
  const edge = await openTestApp(...how)
  onTestFinished(() => edge.close())
  return edge
}
