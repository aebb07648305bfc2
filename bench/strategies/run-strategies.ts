import { loadavg } from 'node:os'
import { basename, join } from 'node:path'
import { megaMacsOfFull } from '../../core/bundle/full-network.ts'
import { percent } from '../../core/percent.ts'
import { planNetwork } from '../../core/network/plan.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { temporaryFolder } from '../../edge/testing/bundle-folder.ts'
import { currentCommit } from '../../train/run/commit.ts'
import { machine, packageVersion } from '../harness/machine.ts'
import { calibrateSlowDown, leaveDeviceCpu, type MeasuredSlowDown } from '../harness/slow-device.ts'
import { ensureBuiltPage } from '../replay/built-page.ts'
import { createFrameSources } from './frame-sources.ts'
import { headlineOf } from './headline.ts'
import { playStrategy, type PlayTools } from './play-strategy.ts'
import type { Run } from './measure-run.ts'
import { rowOf, withRun, writeResults, type Results } from './results.ts'
import { scenarioKey, type Scenario } from './scenario.ts'
import { sectionNames, sections } from './scenarios.ts'
import type { StrategiesSettings } from './settings.ts'
import { openStage, type Stage } from './stage.ts'
import type { Strategy } from './strategy.ts'

const versioned = [
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-backend-wasm',
  'onnxruntime-node',
  'onnxruntime-web',
  'playwright-core',
  'hono',
  'vite',
]

export interface BenchTools {
  readonly chromium: string
  readonly say: (line: string) => void
}

export async function emptyResults(
  settings: StrategiesSettings,
  before: Results | undefined,
): Promise<Results> {
  const [loadAverageBefore = NaN] = loadavg()
  return {
    headline: {},
    kernelShareOfPartition: null,
    hitOverheadMs: null,
    bundles: {},
    slowDowns: [],
    rows: [],
    ...before,
    command: 'npm run bench -- strategies',
    measuredAt: new Date().toISOString(),
    commit: await currentCommit(),
    machine: { ...machine() },
    versions: Object.fromEntries(versioned.map((name) => [name, packageVersion(name) ?? null])),
    loadAverageBefore,
    // Folders by their last names: where they lie is the business of who measured.
    settings: Object.fromEntries(
      Object.entries(settings).map(([name, value]): [string, unknown] => [
        name,
        typeof value === 'string' ? basename(value) : value,
      ]),
    ),
  }
}

/** Forwards in even rounds, backwards in odd ones: whatever drifts meanwhile drifts for all. */
const orderIn = (round: number, strategies: readonly Strategy[]): readonly Strategy[] =>
  round % 2 === 0 ? strategies : strategies.toReversed()

const strategiesOf = (scenarios: readonly Scenario[], bundle: string): Strategy[] => [
  ...new Set(
    scenarios.filter((scenario) => scenario.bundle === bundle).flatMap(({ strategies }) => strategies),
  ),
]

/** By labels, and where there are none, or also, by what the full model says. */
const rightness = ({ accuracy, agreement }: Run): string =>
  [
    ...(accuracy === null ? [] : [`right ${percent(accuracy)}`]),
    ...(agreement === undefined ? [] : [`as the full model ${percent(agreement)}`]),
  ].join(', ') || 'right unknown'

interface PlannedRun {
  readonly scenario: Scenario
  readonly strategy: Strategy
  readonly round: number
  readonly turn: number
}

/**
 * One round of everything after the other: a bench that is stopped has as many runs of each, and what drifts
 * drifts for all conditions.
 */
export function planRuns(scenarios: readonly Scenario[]): PlannedRun[] {
  const rounds = Math.max(0, ...scenarios.map((scenario) => scenario.rounds))
  return Array.from({ length: rounds }, (_, round) =>
    scenarios
      .filter((scenario) => scenario.rounds > round)
      .flatMap((scenario) =>
        orderIn(round, scenario.strategies).map((strategy, turn) => ({ scenario, strategy, round, turn })),
      ),
  ).flat()
}

function duration(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`
}

/**
 * Runs of whole strategies in the real page. Each is written as soon as it is over; with `resume` those that
 * are there already are not repeated.
 */
export async function runStrategies(
  signal: AbortSignal,
  settings: StrategiesSettings,
  results: Results,
  { chromium, say }: BenchTools,
): Promise<Results> {
  const slowDowns = settings.devices.toSorted((a, b) => a - b)
  const extent = {
    rounds: settings.rounds,
    frames: settings.frames,
    slowDowns,
    isFull: settings.full,
    folder: settings.folder === undefined ? undefined : { path: settings.folder, bundle: settings.bundle },
  }
  const scenarios = sectionNames
    .filter((name) => settings.only.includes(name))
    .flatMap((name) => sections[name](extent))
    .filter((scenario) => scenarioKey(scenario).includes(settings.match ?? ''))
    .map((scenario) => ({
      ...scenario,
      strategies: scenario.strategies.filter((name) => settings.strategies?.includes(name) ?? true),
    }))
  const { commit } = results
  const isThere = ({ scenario, strategy, round }: PlannedRun): boolean =>
    settings.resume &&
    rowOf(results.rows, scenario, strategy)?.runs.some(
      (run) => run.round === round && run.commit === commit,
    ) === true
  const plan = planRuns(scenarios).filter((run) => !isThere(run))
  if (plan.length === 0) return results

  const { folder: scratch, remove } = await temporaryFolder()
  const page = settings.page ?? join(scratch, 'page')
  const stages = new Map<string, Stage>()
  try {
    await ensureBuiltPage(page)
    const isSlow = scenarios.some(({ slowDown }) => slowDown > 1)
    if (isSlow) await leaveDeviceCpu()
    const shares = new Map<number, MeasuredSlowDown>()
    for (const factor of new Set(scenarios.map(({ slowDown }) => slowDown))) {
      const measured = await calibrateSlowDown(factor)
      shares.set(factor, measured)
      if (factor > 1)
        say(
          `a device at 1/${factor}: a known kernel takes ${measured.factor.median.toFixed(2)} times as long (${measured.factor.least.toFixed(2)}–${measured.factor.most.toFixed(2)}, n = ${measured.factor.n})`,
        )
    }
    results = {
      ...results,
      slowDowns: [
        ...results.slowDowns.filter(({ wantedFactor }) => !shares.has(wantedFactor)),
        ...shares.values(),
      ],
    }
    const sources = createFrameSources(settings.data, scratch)
    const stageOf = async (bundle: string): Promise<Stage> => {
      const open =
        stages.get(bundle) ??
        (await openStage(
          join(settings.bundles, bundle),
          page,
          join(scratch, `bundles-${bundle}`),
          strategiesOf(scenarios, bundle),
        ))
      stages.set(bundle, open)
      return open
    }

    const startedMs = performance.now()
    let lastKey = ''
    // A folder is the same in every round, and so is what the full model says of it.
    const references = new Map<string, readonly string[]>()
    for (const [index, planned] of plan.entries()) {
      signal.throwIfAborted()
      const { scenario, strategy, round, turn } = planned
      const stage = await stageOf(scenario.bundle)
      const { networks, metrics, createdAt } = stage.manifest
      const facts = {
        createdAt,
        fullMegaMacs: megaMacsOfFull(networks.full),
        partitionMegaMacs: planNetwork(networks.partition).megaMacs,
        partitions: stage.manifest.partitions.length,
      }
      const seed = settings.seed + round
      const images = await sources.stream(stage.manifest, scenario.stream, scenario.frames, seed)
      const tools: PlayTools = {
        stage,
        chromium,
        cpuShare: shares.get(scenario.slowDown)?.share ?? 1,
        commit,
        reference: references.get(scenarioKey(scenario)),
      }
      if (scenarioKey(scenario) !== lastKey) say((lastKey = scenarioKey(scenario)))
      try {
        const { run, answers } = await playStrategy(
          signal,
          images,
          scenario,
          { strategy, round, turn, seed },
          tools,
        )
        if (scenario.section === 'folder' && strategy === 'edge')
          references.set(scenarioKey(scenario), answers)
        results = {
          ...results,
          measuredAt: run.measuredAt,
          bundles: { ...results.bundles, [scenario.bundle]: facts },
          rows: withRun(results.rows, scenario, strategy, run),
        }
        const left = ((performance.now() - startedMs) / 1000 / (index + 1)) * (plan.length - index - 1)
        say(
          `  ${String(index + 1).padStart(3)}/${plan.length} round ${round + 1} ${strategy.padEnd(13)} mean ${run.meanMs.toFixed(2)} ms, p95 ${run.p95Ms.toFixed(1)}, hits ${(run.hitRate * 100).toFixed(1)} %, ${rightness(run)}, ${run.seconds.toFixed(1)} s; ${duration(left)} left`,
        )
      } catch (thrown) {
        signal.throwIfAborted()
        // One run that fails shall not cost the others; a row without it says so by its n.
        say(
          `  ${String(index + 1).padStart(3)}/${plan.length} round ${round + 1} ${strategy} FAILED: ${CacheNetError.from(thrown).message}`,
        )
      }
      const headline = headlineOf(results.rows, scenario.bundle, metrics)
      if (headline !== undefined)
        results = { ...results, headline: { ...results.headline, [scenario.bundle]: headline } }
      await writeResults(settings.out, results)
    }
    return results
  } finally {
    for (const stage of stages.values()) await stage.close()
    await remove()
  }
}
