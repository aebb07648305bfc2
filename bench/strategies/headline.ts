import { z } from 'zod'
import { spreadOf, type Spread } from '../harness/spread.ts'
import type { Headline, Row } from './results.ts'
import type { Strategy } from './strategy.ts'

/**
 * Ratios of mean latencies of runs that played the same stream in the same round; above 1 where `below` is
 * faster.
 */
export function ratioOfMeans(above: Row | undefined, below: Row | undefined): Spread | undefined {
  const pairs = (above?.runs ?? []).flatMap(({ round, meanMs }) => {
    const other = below?.runs.find((run) => run.round === round)
    return other === undefined ? [] : [meanMs / other.meanMs]
  })
  return pairs.length === 0 ? undefined : spreadOf(pairs)
}

/** Percentage points of accuracy, over all frames of the rounds that both played. */
export function accuracyDelta(of: Row | undefined, against: Row | undefined): number | undefined {
  const pairs = (of?.runs ?? []).flatMap((run) => {
    const other = against?.runs.find(({ round, frames }) => round === run.round && frames === run.frames)
    return run.accuracy === null || other === undefined || other.accuracy === null
      ? []
      : [{ frames: run.frames, delta: run.accuracy - other.accuracy }]
  })
  const frames = pairs.reduce((sum, pair) => sum + pair.frames, 0)
  return frames === 0
    ? undefined
    : (100 * pairs.reduce((sum, pair) => sum + pair.delta * pair.frames, 0)) / frames
}

/**
 * What the evaluation calls a stream that is called otherwise here: sessions of 64 frames in their own order.
 */
const evaluatedAs: Readonly<Record<string, string>> = { sessions: 'recorded64' }

const evaluatedSchema = z.object({
  streams: z.record(z.string(), z.object({ accuracy: z.number(), edgeSceneAccuracy: z.number() })),
})

/**
 * The headline of one bundle: CacheNet with the adaptive gate against the others, those that know the scene
 * first. The accuracy that it is held against is that of *Edge + scene*, which answers the same frames with
 * the full model and knows the scene too. Undefined while one of those that know the scene is missing.
 */
export function headlineOf(rows: readonly Row[], bundle: string, metrics: unknown): Headline | undefined {
  const rowIn = (section: Row['section'], strategy: Strategy): Row | undefined =>
    rows.find((row) => row.section === section && row.bundle === bundle && row.strategy === strategy)
  const ours = rowIn('headline', 'adaptive')
  const over = (strategy: Strategy): Spread | undefined => ratioOfMeans(rowIn('headline', strategy), ours)
  const overDeviceScene = over('device-scene')
  const overEdgeScene = over('edge-scene')
  const overCascadeScene = over('cascade-scene')
  const delta = accuracyDelta(ours, rowIn('headline', 'edge-scene'))
  if (
    ours === undefined ||
    overDeviceScene === undefined ||
    overEdgeScene === undefined ||
    overCascadeScene === undefined ||
    delta === undefined
  )
    return undefined
  const [overDevice, overEdge, overCascade] = [over('device'), over('edge'), over('cascade')]
  const fullSpeed = ratioOfMeans(rowIn('full-speed', 'device-scene'), rowIn('full-speed', 'adaptive'))
  const stream = ours.stream
  const evaluated = evaluatedSchema.safeParse(metrics).data?.streams[evaluatedAs[stream] ?? stream]
  const spreads = {
    overDeviceScene,
    overEdgeScene,
    overCascadeScene,
    ...(overDevice && { overDevice }),
    ...(overEdge && { overEdge }),
    ...(overCascade && { overCascade }),
    ...(fullSpeed && { overDeviceFullSpeed: fullSpeed }),
  }
  return {
    overDeviceScene: overDeviceScene.median,
    overEdgeScene: overEdgeScene.median,
    overCascadeScene: overCascadeScene.median,
    overDevice: overDevice?.median ?? null,
    overEdge: overEdge?.median ?? null,
    overCascade: overCascade?.median ?? null,
    partitionHitShare: partitionHitShare(ours),
    accuracyDelta: delta,
    accuracyDeltaEvaluated:
      evaluated === undefined ? null : 100 * (evaluated.accuracy - evaluated.edgeSceneAccuracy),
    overDeviceFullSpeed: fullSpeed?.median ?? null,
    spread: spreads,
  }
}

/** Over all rounds: of the frames that the device answered, those that a partition did. */
function partitionHitShare({ runs }: Row): number {
  const hits = runs.reduce((sum, { frames, hitRate }) => sum + frames * hitRate, 0)
  const byPartitions = runs.reduce(
    (sum, { frames, hitRate, partitionHitShare: share = 0 }) => sum + frames * hitRate * share,
    0,
  )
  return hits === 0 ? 0 : byPartitions / hits
}
