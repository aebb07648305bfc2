import { rename, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, platform } from 'node:os'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { apiPaths } from '../../core/wire/frames.ts'
import { startEdge, type RunningEdge } from '../../edge/start-edge.ts'
import { ensureBuiltPage } from './built-page.ts'
import { createEdgeCounter, type EdgeCounter } from './edge-counter.ts'
import { heldOut } from './held-out.ts'
import { listImages, type ImageList, type LabelledImage } from './list-images.ts'
import { placesOfScenes } from '../../core/streams/scenes.ts'
import { orderImages } from './order-images.ts'
import { playInPage } from './play-in-page.ts'
import { createProgress } from './progress.ts'
import type { SessionLog } from './session-log.ts'
import type { ReplaySettings } from './settings.ts'
import { withStreamFolder } from './stream-folder.ts'
import { summarize, type ReplaySummary } from './summary.ts'
import { summaryTable } from './summary-table.ts'

export interface ReplayTools {
  /** Path of a Chromium. */
  readonly chromium: string
  readonly write: (text: string) => void
  readonly isTerminal: boolean
}

async function fetchManifest(
  signal: AbortSignal,
  { origin }: RunningEdge,
  bundleId: string,
): Promise<Manifest> {
  const response = await fetch(origin + apiPaths.manifest(bundleId), { signal })
  const body: unknown = await response.json()
  if (!response.ok) throw CacheNetError.fromBody(body)
  return parseManifest(body)
}

/** Which images of a folder tell something of new ones, and a sentence about it where some do not. */
function tellingImages(
  { data, images: choice }: ReplaySettings,
  kind: Manifest['dataset']['kind'],
  { folder, images }: ImageList,
): { images: readonly LabelledImage[]; note: string } {
  // Where there are test images, those were listed; and only a bundle of a folder was trained on one.
  if (folder !== data || kind !== 'folder') return { images, note: '' }
  if (choice === 'all')
    return {
      images,
      note: 'These are all images of the folder. If the bundle was trained on it, it has seen nine in ten of them: what comes out says nothing of new images.\n',
    }
  const kept = heldOut(images)
  return {
    images: kept,
    note: `Only what training puts aside of a folder, the last tenth of each class: ${kept.length} of ${images.length} images. --images all plays all of them.\n`,
  }
}

async function chooseImages(
  settings: ReplaySettings,
  { classNames, dataset, scenes }: Manifest,
  write: ReplayTools['write'],
): Promise<LabelledImage[]> {
  const { data, order, kind, length, frames, seed } = settings
  const list = await listImages(data, classNames)
  const { folder, ignored, leftOut } = list
  const { images, note } = tellingImages(settings, dataset.kind, list)
  const stream = orderImages(images, classNames, {
    order,
    kind,
    length,
    frames,
    seed,
    places: placesOfScenes(scenes, classNames),
  })
  const what =
    order === 'files'
      ? 'in the order of their files'
      : `in scenes (${kind}, mean length ${length}, seed ${seed})`
  write(`${stream.length} frames of ${images.length} images of ${folder}, ${what}\n`)
  write(note)
  if (leftOut !== undefined) write(`${leftOut}\n`)
  if (ignored > 0)
    write(
      `${ignored} ${ignored === 1 ? 'image is' : 'images are'} left out: in no folder that is called like a class of the bundle\n`,
    )
  return stream
}

/** Latencies mean little without it. */
const machine = (): Record<string, unknown> => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  platform: platform(),
  node: process.version,
  measuredAt: new Date().toISOString(),
})

/** Written under another name first: whoever reads the file never sees half of it. */
async function writeJson(path: string, content: unknown): Promise<void> {
  await writeFile(`${path}.tmp`, `${JSON.stringify(content, null, 1)}\n`)
  await rename(`${path}.tmp`, path)
}

async function play(
  signal: AbortSignal,
  settings: ReplaySettings,
  edge: RunningEdge,
  { counts }: EdgeCounter,
  tools: ReplayTools,
): Promise<{ log: SessionLog; summary: ReplaySummary; different: number }> {
  const bundleId = settings.bundle ?? edge.defaultBundle
  const images = await chooseImages(settings, await fetchManifest(signal, edge, bundleId), tools.write)
  return withStreamFolder(signal, images, async (folder) => {
    const progress = createProgress({
      total: images.length,
      write: tools.write,
      isTerminal: tools.isTerminal,
    })
    try {
      const log = await playInPage(signal, {
        chromium: tools.chromium,
        origin: edge.origin,
        bundleId,
        cachePartitions: settings.cache,
        folder,
        onProgress: (done) => progress.report(done, `; the edge answered ${counts.frames}`),
      })
      const different = new Set(images.map(({ path }) => path)).size
      return { log, summary: summarize(log, images.length, counts), different }
    } finally {
      progress.end()
    }
  })
}

/**
 * Streams a folder of images through the real page against a real edge, and prints what came of it.
 * Everything that it started or laid out is gone when it returns. Throws where the stream did not come to its
 * end.
 */
export async function runReplay(
  signal: AbortSignal,
  settings: ReplaySettings,
  tools: ReplayTools,
): Promise<ReplaySummary> {
  await ensureBuiltPage(settings.page)
  const counter = createEdgeCounter()
  const edge = await startEdge({
    port: 0,
    host: '127.0.0.1',
    bundlesFolder: settings.bundles,
    pageFolder: settings.page,
    defaultBundle: settings.bundle,
    onRequest: counter.onRequest,
    stopTimeoutMs: 2_000,
  })
  try {
    const { log, summary, different } = await play(signal, settings, edge, counter, tools)
    tools.write(`\n${summaryTable(summary, different)}\n`)
    if (settings.json !== undefined) {
      await writeJson(settings.json, { settings, machine: machine(), summary, session: log })
      tools.write(`\nAll frames are in ${settings.json}\n`)
    }
    return summary
  } finally {
    await edge.close()
  }
}
