import { loadavg } from 'node:os'
import { join } from 'node:path'
import { frameBytes } from '../../core/image/preprocess.ts'
import { megaMacsOfFull } from '../../core/bundle/full-network.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { openBundle } from '../../edge/bundles/stored-bundle.ts'
import { installedEngines } from '../../edge/engine/create-engine.ts'
import { temporaryFolder } from '../../edge/testing/bundle-folder.ts'
import { startEdgeProcess } from '../../edge/testing/edge-process.ts'
import { currentCommit } from '../../train/run/commit.ts'
import { machine, packageVersion } from '../harness/machine.ts'
import { ratios, spreadOf } from '../harness/spread.ts'
import { writeResult } from '../harness/write-result.ts'
import { measureBlobs } from './measure-blobs.ts'
import { measureFrames } from './measure-frames.ts'
import type { EdgeBenchSettings } from './settings.ts'
import { writeSizedBundle } from './sized-bundle.ts'

async function chooseBundle(
  { bundle, bundles }: EdgeBenchSettings,
  scratch: string,
): Promise<{ folder: string; manifest: Manifest }> {
  if (bundle === undefined) return { folder: scratch, manifest: await writeSizedBundle(scratch) }
  return { folder: bundles, manifest: (await openBundle(join(bundles, bundle))).manifest }
}

/**
 * Measures the edge in processes of its own and writes the numbers. Throws `config-invalid` where there is no
 * native engine.
 */
export async function runEdgeBench(settings: EdgeBenchSettings, say: (line: string) => void): Promise<void> {
  if (!installedEngines().includes('onnxruntime'))
    throw new CacheNetError(
      'config-invalid',
      'The native engine is not installed, so there is nothing to compare. Run npm ci.',
    )
  const { folder: scratch, remove } = await temporaryFolder()
  const stops: (() => Promise<unknown>)[] = [remove]
  try {
    const { folder, manifest } = await chooseBundle(settings, scratch)
    const start = async (...engine: string[]): Promise<number> => {
      const flags = [
        '--bundles',
        folder,
        '--default-bundle',
        manifest.id,
        '--rate-limit',
        '0',
        '--log-level',
        'error',
        '--reload-seconds',
        '0',
        ...engine,
      ]
      const edge = await startEdgeProcess(flags)
      stops.unshift(() => edge.stop())
      return edge.port
    }
    const megaMacs = megaMacsOfFull(manifest.networks.full)
    say(
      `${manifest.id}: full model of ${megaMacs.toFixed(1)} MMACs; ${settings.rounds} rounds of ${settings.seconds} s`,
    )
    // Of the last minute: what else the machine was doing. A native engine needs all cores, and loses most
    // where it has to share them.
    const [loadAverageBefore = NaN] = loadavg()
    const wasmPort = await start('--engine', 'tfjs-wasm', '--threads', '1')
    const nativePort = await start('--engine', 'onnxruntime')
    const order = { bundleId: manifest.id, frameBytes: frameBytes(manifest.input), ...settings }
    const frames = await measureFrames({ wasmPort, nativePort, order, rounds: settings.rounds, say })
    const blobs = await measureBlobs({ edgePort: nativePort, folder, manifest, settings, say })

    const result = {
      nativeOverWasmFramesPerSecond: spreadOf(
        ratios(frames.nativeFramesPerSecond, frames.wasmFramesPerSecond),
      ).median,
      p99HalfLoadOverIdleMedian: spreadOf(ratios(frames.p99HalfLoadMs, frames.idleMedianMs)).median,
      blobsOverNginx:
        blobs === undefined
          ? null
          : spreadOf(ratios(blobs.edgeBytesPerSecond, blobs.nginxBytesPerSecond)).median,
      command: 'npm run bench -- edge',
      measuredAt: new Date().toISOString(),
      commit: await currentCommit(),
      machine: machine(),
      loadAverageBefore,
      versions: Object.fromEntries(
        ['onnxruntime-node', '@tensorflow/tfjs-backend-wasm', 'hono', '@hono/node-server'].map((name) => [
          name,
          packageVersion(name),
        ]),
      ),
      settings,
      bundle: { id: manifest.id, fullModelMegaMacs: megaMacs },
      spread: {
        nativeOverWasmFramesPerSecond: spreadOf(
          ratios(frames.nativeFramesPerSecond, frames.wasmFramesPerSecond),
        ),
        p99HalfLoadOverIdleMedian: spreadOf(ratios(frames.p99HalfLoadMs, frames.idleMedianMs)),
        ...(blobs === undefined
          ? {}
          : { blobsOverNginx: spreadOf(ratios(blobs.edgeBytesPerSecond, blobs.nginxBytesPerSecond)) }),
      },
      frames,
      blobs: blobs ?? 'not measured: nginx or wrk is not installed',
    }
    say(JSON.stringify(result.spread, null, 2))
    await writeResult(settings.out, result, say)
  } finally {
    for (const stop of stops) await stop()
  }
}
