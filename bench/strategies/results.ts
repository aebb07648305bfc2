import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { writeAtomically } from '../../train/run/write-atomically.ts'
import { runSchema, type Run } from './measure-run.ts'
import { scenarioKey, streamName, type Scenario } from './scenario.ts'
import { strategyNames, type Strategy } from './strategy.ts'

const spreadSchema = z.object({
  n: z.int().nonnegative(),
  median: z.number(),
  least: z.number(),
  most: z.number(),
})

/** A strategy under one set of conditions; `runs` are raw. */
export const rowSchema = z.object({
  key: z.string(),
  section: z.enum(['headline', 'full-speed', 'matrix', 'map', 'folder']),
  bundle: z.string(),
  stream: z.string(),
  network: z.string(),
  slowDown: z.number(),
  cache: z.int(),
  strategy: z.enum(strategyNames as [Strategy, ...Strategy[]]),
  n: z.int().positive(),
  runs: z.array(runSchema).min(1),
})
export type Row = z.infer<typeof rowSchema>

const ratioSchema = spreadSchema
export const headlineSchema = z.object({
  /**
   * Opponents that know of the scene what CacheNet knows: the comparison that counts. Over *Cascade + scene*:
   * what partitions add.
   */
  overDeviceScene: z.number(),
  overEdgeScene: z.number(),
  overCascadeScene: z.number(),
  /** The same opponents without scenes, as the source has them; null where they were not played. */
  overDevice: z.number().nullable(),
  overEdge: z.number().nullable(),
  overCascade: z.number().nullable(),
  /** Share of CacheNet's hits that a partition answered. */
  partitionHitShare: z.number(),
  /** Percentage points against *Edge + scene* on the same frames. */
  accuracyDelta: z.number(),
  /**
   * The same on the 30,000 frames that the bundle was evaluated on; null where it was not, on such a stream.
   */
  accuracyDeltaEvaluated: z.number().nullable(),
  overDeviceFullSpeed: z.number().nullable(),
  spread: z.record(z.string(), ratioSchema),
})
export type Headline = z.infer<typeof headlineSchema>

export const resultsSchema = z.object({
  command: z.string(),
  measuredAt: z.iso.datetime(),
  commit: z.string(),
  machine: z.record(z.string(), z.unknown()),
  versions: z.record(z.string(), z.string().nullable()),
  loadAverageBefore: z.number(),
  settings: z.record(z.string(), z.unknown()),
  bundles: z.record(z.string(), z.record(z.string(), z.unknown())),
  slowDowns: z.array(z.object({ wantedFactor: z.number(), share: z.number(), factor: spreadSchema })),
  headline: z.record(z.string(), headlineSchema),
  kernelShareOfPartition: z.number().nullable(),
  hitOverheadMs: z.number().nullable(),
  kernels: z.unknown().optional(),
  engines: z.unknown().optional(),
  policies: z.unknown().optional(),
  crossover: z.unknown().optional(),
  rows: z.array(rowSchema),
})
export type Results = z.infer<typeof resultsSchema>

/** What an earlier bench wrote; undefined where there is none, or none that this program can read. */
export async function readResults(path: string): Promise<Results | undefined> {
  try {
    return resultsSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return undefined
  }
}

/** Numbers to four places: what a run is written with, no one reads more exactly. */
const rounded = (_key: string, value: unknown): unknown =>
  typeof value === 'number' ? Math.round(value * 1e4) / 1e4 : value

export const writeResults = (path: string, results: Results): Promise<void> =>
  writeAtomically(path, `${JSON.stringify(results, rounded, 1)}\n`)

/**
 * Puts a run in its place among the rows: a run of the same round is replaced, and so are those of other
 * commits.
 */
export function withRun(rows: readonly Row[], scenario: Scenario, strategy: Strategy, run: Run): Row[] {
  const { section, bundle, stream, network, slowDown, cache } = scenario
  const key = `${scenarioKey(scenario)} · ${strategy}`
  const earlier =
    rows
      .find((row) => row.key === key)
      ?.runs.filter(({ round, commit }) => round !== run.round && commit === run.commit) ?? []
  const runs = [...earlier, run].sort((a, b) => a.round - b.round)
  const row: Row = {
    key,
    section,
    bundle,
    stream: streamName(stream),
    network,
    slowDown,
    cache,
    strategy,
    n: runs.length,
    runs,
  }
  const index = rows.findIndex((candidate) => candidate.key === key)
  return index < 0 ? [...rows, row] : rows.with(index, row)
}

export const rowOf = (rows: readonly Row[], scenario: Scenario, strategy: Strategy): Row | undefined =>
  rows.find(({ key }) => key === `${scenarioKey(scenario)} · ${strategy}`)
