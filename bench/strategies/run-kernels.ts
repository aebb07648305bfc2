import { join } from 'node:path'
import { temporaryFolder } from '../../edge/testing/bundle-folder.ts'
import { readFilePixels } from '../../train/data/read-file-pixels.ts'
import { runEngines, type EngineMeasurement } from '../engines/run-engines.ts'
import { spreadOf, type Spread } from '../harness/spread.ts'
import { ensureBuiltPage } from '../replay/built-page.ts'
import { createFrameSources } from './frame-sources.ts'
import { playStrategy } from './play-strategy.ts'
import type { Results } from './results.ts'
import type { BenchTools } from './run-strategies.ts'
import type { StrategiesSettings } from './settings.ts'
import { openStage } from './stage.ts'

/** How many images go through each runtime in each turn. */
const engineFrames = 20

interface Kernels extends EngineMeasurement {
  /** Median latency of a hit in the real page, one number a run; one small network each. */
  readonly hitMs: Spread
  readonly bundle: string
}

/**
 * The physical limits: a partition against its convolutions as bare kernels, the full model through other
 * runtimes, and what a hit in the real page costs beyond the kernels. At full speed, over loopback.
 */
export async function runKernels(
  signal: AbortSignal,
  settings: StrategiesSettings,
  results: Results,
  { chromium, say }: BenchTools,
): Promise<Results> {
  const { folder: scratch, remove } = await temporaryFolder()
  try {
    const bundle = settings.data === undefined ? 'walkers' : 'cifar10'
    const bundleFolder = join(settings.bundles, bundle)
    const pageFolder = settings.page ?? join(scratch, 'page')
    await ensureBuiltPage(pageFolder)
    const stage = await openStage(bundleFolder, pageFolder, join(scratch, 'bundles'), ['hit'])
    try {
      const { input } = stage.manifest
      const plan =
        bundle === 'walkers'
          ? ({ order: 'sessions' } as const)
          : ({ order: 'scenes', kind: 'iid', length: 1 } as const)
      const stream = await createFrameSources(settings.data, scratch).stream(
        stage.manifest,
        plan,
        Math.min(settings.frames, 300),
        settings.seed,
      )
      const hits: number[] = []
      for (let round = 0; round < settings.rounds; round++) {
        const { run } = await playStrategy(
          signal,
          stream,
          { network: 'loopback', cache: 1 },
          { strategy: 'hit', round, turn: 0, seed: settings.seed },
          { stage, chromium, cpuShare: 1, commit: results.commit },
        )
        say(
          `  hit ${round + 1}/${settings.rounds}: median ${run.p50Ms.toFixed(2)} ms, mean ${run.meanMs.toFixed(2)} ms`,
        )
        hits.push(run.p50Ms)
      }
      const images = await Promise.all(
        stream.slice(0, engineFrames).map(({ path }) => readFilePixels(path, input.width)),
      )
      const engines = await runEngines({
        chromium,
        bundleFolder,
        pageFolder,
        images,
        rounds: 4 * settings.rounds,
      })
      const kernels: Kernels = { bundle, hitMs: spreadOf(hits), ...engines }
      const kernelMs = engines.msPerFrame['partitionConvolutions']?.median ?? NaN
      say(JSON.stringify(kernels, null, 1))
      return {
        ...results,
        kernels,
        kernelShareOfPartition: engines.convolutionsOverPartition.median,
        hitOverheadMs: kernels.hitMs.median - kernelMs,
      }
    } finally {
      await stage.close()
    }
  } finally {
    await remove()
  }
}
