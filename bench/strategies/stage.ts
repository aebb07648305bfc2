import { startEdge, type RunningEdge } from '../../edge/start-edge.ts'
import { startShapingProxy, type ShapingProxy } from '../network/shaping-proxy.ts'
import { createEdgeCounter, type EdgeCounts } from '../replay/edge-counter.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import type { Played } from './strategy.ts'
import { writeDerivedBundles } from './write-derived-bundles.ts'

/** An edge with a bundle's strategies, behind a proxy; what it has counted since the last call. */
export interface Stage {
  readonly manifest: Manifest
  readonly ids: ReadonlyMap<Played, string>
  readonly edge: RunningEdge
  readonly proxy: ShapingProxy
  takeCounts(): EdgeCounts
  close(): Promise<void>
}

/** @param played what will be played there; each is a bundle that the edge loads */
export async function openStage(
  bundleFolder: string,
  pageFolder: string,
  scratch: string,
  played: readonly Played[],
): Promise<Stage> {
  const { original, ids } = await writeDerivedBundles(bundleFolder, played, scratch)
  let before: EdgeCounts = { frames: 0, refused: 0, blobs: 0 }
  const counter = createEdgeCounter()
  const edge = await startEdge({
    port: 0,
    host: '127.0.0.1',
    bundlesFolder: scratch,
    pageFolder,
    defaultBundle: [...ids.values()][0],
    onRequest: counter.onRequest,
    stopTimeoutMs: 2_000,
  })
  const proxy = await startShapingProxy(edge.port)
  return {
    manifest: original,
    ids,
    edge,
    proxy,
    takeCounts() {
      const { frames, refused, blobs } = counter.counts
      const counts = {
        frames: frames - before.frames,
        refused: refused - before.refused,
        blobs: blobs - before.blobs,
      }
      before = { frames, refused, blobs }
      return counts
    },
    async close() {
      await proxy.close()
      await edge.close()
    },
  }
}
