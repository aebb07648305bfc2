import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import { createRandom } from '../../core/random.ts'
import { placesOfScenes, sceneStream, type SceneKind } from '../../core/streams/scenes.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { z } from 'zod'
import { spreadOf, type Spread } from '../harness/spread.ts'
import { hitRatioOf, type Policy } from './policies.ts'
import { streamName, type StreamPlan } from './scenario.ts'

export interface PolicyRow {
  readonly stream: string
  readonly cache: number
  /** Share of frames whose partition is cached; one number a seed. */
  readonly hitRatio: Readonly<Record<Policy, Spread>>
}

const [frames, seeds] = [20_000, 5]
const regionsSchema = z.object({ classByPartition: z.array(z.array(z.number())) })

/** Draws the partition of a frame as often as the selector chose it for images of its class. */
function partitionDrawer(
  counts: readonly (readonly number[])[],
  ids: readonly string[],
  seed: number,
): (classIndex: number) => string {
  const random = createRandom(seed).fork('regions')
  return (classIndex) => {
    const row = counts[classIndex] ?? []
    let left = random.integer(
      Math.max(
        1,
        row.reduce((sum, count) => sum + count, 0),
      ),
    )
    return ids[row.findIndex((count) => (left -= count) < 0)] ?? ids[0] ?? ''
  }
}

/**
 * Replays the partitions that streams ask for through cache policies: `core`'s own LRU beside FIFO, random
 * eviction and the optimum. Frames are drawn from the regions as the bundle's evaluation counted them on test
 * images; no network runs.
 */
export async function runPolicies(
  bundlesFolder: string,
  bundle: string,
): Promise<{ bundle: string; frames: number; rows: PolicyRow[] }> {
  const manifest = parseManifest(
    JSON.parse(await readFile(join(bundlesFolder, bundle, 'manifest.json'), 'utf8')),
  )
  const regions = regionsSchema.safeParse(manifest.metrics)
  if (!regions.success)
    throw new CacheNetError(
      'manifest-invalid',
      `Bundle ${bundle} does not say which classes its regions hold.`,
      { bundle },
    )
  const ids = manifest.partitions.map(({ id }) => id)
  const places = placesOfScenes(manifest.scenes, manifest.classNames)
  const kinds: readonly SceneKind[] = ['single', 'places', 'pairs']
  const plans = [
    ...kinds.flatMap((kind) => [10, 100, 1000].map((length) => ({ order: 'scenes', kind, length }) as const)),
    { order: 'scenes', kind: 'iid', length: 1 } as const,
  ] satisfies StreamPlan[]
  const rows = plans.flatMap((plan) => {
    const requests = Array.from({ length: seeds }, (_, seed) => {
      const draw = partitionDrawer(regions.data.classByPartition, ids, seed)
      const known = plan.kind === 'places' && places !== undefined ? { places } : {}
      return sceneStream({
        kind: plan.kind,
        classNames: manifest.classNames,
        meanLength: plan.length,
        frames,
        seed,
        ...known,
      }).map(({ classIndex }) => draw(classIndex))
    })
    return [...new Set([1, 2, ids.length])].map((cache): PolicyRow => {
      const ratioOf = (policy: Policy): Spread =>
        spreadOf(requests.map((of, seed) => hitRatioOf(policy, of, cache, createRandom(seed))))
      return {
        stream: streamName(plan),
        cache,
        hitRatio: {
          lru: ratioOf('lru'),
          fifo: ratioOf('fifo'),
          random: ratioOf('random'),
          belady: ratioOf('belady'),
        },
      }
    })
  })
  return { bundle, frames, rows }
}
