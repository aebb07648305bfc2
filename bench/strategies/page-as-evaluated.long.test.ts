import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createAdaptiveGate } from '../../core/gate/adaptive-gate.ts'
import { simulateStream } from '../../core/gate/simulate-stream.ts'
import { startEdge } from '../../edge/start-edge.ts'
import { temporaryFolder } from '../../edge/testing/bundle-folder.ts'
import { findChromium } from '../../test/find-chromium.ts'
import { readCalibration } from '../../train/calibration/read-calibration.ts'
import { restoreConfig } from '../../train/config/resolve-config.ts'
import { allocateSplit } from '../../train/data/dataset.ts'
import { readFilePixels } from '../../train/data/read-file-pixels.ts'
import { startTrainingBackend } from '../../train/kernels/register.ts'
import { readBundle } from '../../train/models/read-bundle.ts'
import { Progress } from '../../train/run/progress.ts'
import { answerSplit, answerTable } from '../../train/stages/answers.ts'
import { ensureBuiltPage } from '../replay/built-page.ts'
import type { StreamImage } from '../replay/list-images.ts'
import { playInPage } from '../replay/play-in-page.ts'
import { withStreamFolder } from '../replay/stream-folder.ts'
import { createFrameSources } from './frame-sources.ts'
import { expect, it } from 'vitest'

// What a manifest says of streams comes from a simulation. Here the page itself plays one, and the
// simulation the same frames: a phone that learns less of its scene than was evaluated would answer fewer
// frames. Places change every twelve frames, for a change is where the two can part ways; and the page waits
// for its partitions, as the simulation has them at once.

const root = fileURLToPath(new URL('../..', import.meta.url))
const bundles = join(root, 'public/bundles')
const id = 'people'
const cachePartitions = 2
const frames = 240

interface Seen {
  readonly coverage: number
  readonly accuracy: number
}

async function inPage(page: string, images: readonly StreamImage[]): Promise<Seen> {
  const edge = await startEdge({ port: 0, host: '127.0.0.1', bundlesFolder: bundles, pageFolder: page })
  const { signal } = new AbortController()
  try {
    const log = await withStreamFolder(signal, images, (folder) =>
      playInPage(signal, {
        chromium: findChromium(),
        origin: edge.origin,
        bundleId: id,
        cachePartitions,
        folder,
        query: { full: 'never' },
        onProgress: () => undefined,
      }),
    )
    const share = (of: (frame: (typeof log.frames)[number]) => boolean): number =>
      log.frames.filter(of).length / log.frames.length
    return {
      coverage: share(({ outcome }) => outcome === 'hit'),
      accuracy: share(({ label, trueLabel }) => label === trueLabel),
    }
  } finally {
    await edge.close()
  }
}

async function simulated(images: readonly StreamImage[]): Promise<Seen> {
  await startTrainingBackend()
  const { manifest, networks } = await readBundle(join(bundles, id))
  const { width } = manifest.input
  const split = allocateSplit(images.length, width)
  for (const [index, { path, className }] of images.entries()) {
    split.pixels.set(await readFilePixels(path, width), index * width * width * 3)
    split.labels[index] = manifest.classNames.indexOf(className ?? '')
  }
  const calibration = readCalibration(manifest)
  const context = {
    config: restoreConfig(manifest.training.config),
    input: manifest.input,
    progress: new Progress({ isTTY: false, write: () => true }),
  }
  const table = answerTable(answerSplit(context, networks, split, 'frames'), calibration)
  const { gate, localities } = calibration.cacheNet
  return simulateStream([...images.keys()], table, createAdaptiveGate(localities, gate), {
    cacheEntries: cachePartitions,
    keepShare: calibration.keepShare,
    scenes: calibration.scenes,
  })
}

it('plays a stream of twenty places as the simulation does that the manifest’s numbers come from', async () => {
  const { folder, remove } = await temporaryFolder()
  try {
    await ensureBuiltPage(join(folder, 'page'))
    const { manifest } = await readBundle(join(bundles, id))
    const plan = { order: 'scenes', kind: 'places', length: 12 } as const
    const images = await createFrameSources(undefined, folder).stream(manifest, plan, frames, 5)
    const [page, evaluated] = [await inPage(join(folder, 'page'), images), await simulated(images)]
    // The same networks in other arithmetic: a frame or two may fall on the other side of a threshold.
    expect(Math.abs(page.coverage - evaluated.coverage)).toBeLessThan(0.02)
    expect(Math.abs(page.accuracy - evaluated.accuracy)).toBeLessThan(0.01)
  } finally {
    await remove()
  }
})
