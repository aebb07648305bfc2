import { join } from 'node:path'
import { createAdaptiveGate, type AdaptiveGateState } from '../../../core/gate/adaptive-gate.ts'
import { simulateStream, type StreamResult } from '../../../core/gate/simulate-stream.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import { bestEdgeScene } from '../../calibration/best-edge-scene.ts'
import { expectedMs, leastMs, type Costs } from '../../calibration/expected-time.ts'
import { imageStream } from '../../calibration/image-stream.ts'
import { networkCosts } from '../../calibration/network-costs.ts'
import { trainedSettings, type OptimizerSettings, type TrainingConfig } from '../../config/schema.ts'
import { measureInput } from '../../data/dataset.ts'
import { dataIdentity } from '../../data/data-identity.ts'
import { startTrainingBackend } from '../../kernels/register.ts'
import { RunFolder } from '../../run/run-folder.ts'
import type { SeriesRequest } from '../series-request.ts'
import { calibrate, type CalibratedGate } from '../../stages/5-calibrate.ts'
import { answerSplit, answerTable } from '../../stages/answers.ts'
import type { StageContext } from '../../stages/context.ts'
import { takeFull } from '../../stages/take-full.ts'
import { trainOnSharedAnswers, type SharedAnswers } from '../../stages/train-on-shared-answers.ts'

export type StrategyName = 'Cascade' | 'Cascade + scene' | 'CacheNet'

/** One strategy of one candidate on the calibration stream (validation images). */
export interface SearchRow {
  readonly strategy: StrategyName
  readonly widths: readonly [number, number, number]
  readonly partitionCount: number
  readonly costs: Costs
  readonly accuracy: number
  /** Of the full model that knows the scene too: the accuracy line. */
  readonly edgeSceneAccuracy: number
  readonly coverage: number
  readonly expectedMs: number
}

export interface SearchResult {
  readonly rows: readonly SearchRow[]
  /** Candidates that were not trained, and why. */
  readonly skipped: readonly string[]
}

function shortened(optimizer: OptimizerSettings, share: number): OptimizerSettings {
  return {
    ...optimizer,
    epochs: Math.max(0.1, optimizer.epochs * share),
    leastSteps: Math.round(optimizer.leastSteps * share),
  }
}

function candidateConfig(
  config: TrainingConfig,
  widths: readonly [number, number, number],
  partitionCount: number,
): TrainingConfig {
  const { epochsShare: share } = config.search
  return {
    ...config,
    partitionCount,
    generalist: {
      ...config.generalist,
      widths: [...widths],
      optimizer: shortened(config.generalist.optimizer, share),
    },
    partition: { ...config.partition, optimizer: shortened(config.partition.optimizer, share) },
    delta: { ...config.delta, optimizer: shortened(config.delta.optimizer, share) },
  }
}

/**
 * The strategies of one trained candidate, each at its own best settings; CacheNet with the gate that adapts,
 * as the product runs.
 */
function judge(
  context: StageContext,
  networks: Awaited<ReturnType<typeof trainOnSharedAnswers>>,
): SearchRow[] {
  const { config, dataset } = context
  const { streamKind: kind, streamLength: meanLength, streamFrames: frames, cacheEntries } = config.gate
  const validation = answerSplit(context, networks, dataset.validation, 'validation')
  const calibration = calibrate(context, networks, validation)
  const images = imageStream(context, validation.labels, { kind, meanLength, frames }, 'calibration')
  const table = answerTable(validation, calibration)
  const { keepShare, scenes } = calibration
  const costs = networkCosts(context)
  const line = bestEdgeScene(images, table, config.gate.scenePriors, scenes).accuracy
  const row = (strategy: StrategyName, result: StreamResult): SearchRow => ({
    strategy,
    widths: config.generalist.widths,
    partitionCount: config.partitionCount,
    costs,
    accuracy: result.accuracy,
    edgeSceneAccuracy: line,
    coverage: result.coverage,
    expectedMs: expectedMs(costs, result, config.search.device),
  })
  const adapting = ({ localities, gate }: CalibratedGate): AdaptiveGateState =>
    createAdaptiveGate(localities, gate)
  return [
    row(
      'Cascade',
      simulateStream(images, table, calibration.cascade.gate, { cacheEntries: 0, keepShare, scenes }),
    ),
    row(
      'Cascade + scene',
      simulateStream(images, table, adapting(calibration.cascadeScene), {
        cacheEntries: 0,
        keepShare,
        scenes,
      }),
    ),
    row(
      'CacheNet',
      simulateStream(images, table, adapting(calibration.cacheNet), { cacheEntries, keepShare, scenes }),
    ),
  ]
}

/** What the folder of a candidate is called. */
export const candidateName = ({
  widths,
  partitionCount,
}: Pick<SearchRow, 'widths' | 'partitionCount'>): string => `${widths.join('-')}-k${partitionCount}`

/** The least expected time among rows that keep the accuracy line; undefined where none does. */
export function bestRow(rows: readonly SearchRow[], tolerance: number): SearchRow | undefined {
  return rows
    .filter(({ accuracy, edgeSceneAccuracy: line }) => accuracy >= line - tolerance)
    .sort((a, b) => a.expectedMs - b.expectedMs)[0]
}

/**
 * Trains candidates from the smallest to the largest, briefly, and judges each strategy by its expected time
 * a frame at the accuracy line. A size whose single pass already takes longer than the best so far cannot win
 * and is not trained. Stopped at any time, the same call goes on where it was.
 */
export async function runSearch(signal: AbortSignal, request: SeriesRequest): Promise<SearchResult> {
  const { preset, data, config, dataset, folder, fullFrom, progress } = request
  const { ladder, partitionCounts, patience, device } = config.search
  if (config.generalist.family === 'separable' || config.partition.family === 'separable')
    throw new CacheNetError(
      'config-invalid',
      'The search tries sizes of the plain family: leave generalist.family and partition.family away. Nothing was started.',
    )
  await startTrainingBackend()
  const rows: SearchRow[] = []
  const skipped: string[] = []
  const shared: SharedAnswers = {}
  const taken = new Map<string, string>()
  const input = measureInput(dataset.train, dataset.size)
  for (const widths of ladder) {
    for (const [position, partitionCount] of partitionCounts.entries()) {
      const name = candidateName({ widths, partitionCount })
      const best = bestRow(rows, config.gate.accuracyTolerance)?.expectedMs ?? Infinity
      const first = rows.find((row) => row.strategy === 'CacheNet' && row.widths.join() === widths.join())
      if (position > 0 && first !== undefined && first.expectedMs > patience * best) {
        skipped.push(
          `${name}: with ${first.partitionCount} partitions this size is ${(first.expectedMs / best).toFixed(1)} times slower than the best`,
        )
        continue
      }
      const own = candidateConfig(config, widths, partitionCount)
      const run = await RunFolder.openOrResume(join(folder, name), {
        dataset: preset,
        data,
        config: trainedSettings(own),
        ...dataIdentity(dataset),
      })
      const context: StageContext = { signal, config: own, dataset, input, run, progress }
      if (fullFrom !== undefined && !taken.has('full.bin')) await takeFull(context, fullFrom)
      const sources: [string, string][] = [
        ['full.bin', 'full.bin'],
        ['generalist.bin', `generalist ${widths.join('-')}`],
        ['encoder.bin', `encoder ${partitionCount}`],
      ]
      for (const [file, key] of sources) {
        const from = taken.get(key)
        if (from !== undefined && from !== run.path) await run.takeCheckpoint(from, file)
      }
      progress.say(`\nCandidate ${name}`)
      const cheapest = rows[0] === undefined ? 0 : leastMs(networkCosts(context), device)
      if (cheapest > best) {
        skipped.push(
          `${name}: one pass of it takes ${cheapest.toFixed(1)} ms, the best so far ${best.toFixed(1)} ms a frame with all that it asks`,
        )
        continue
      }
      rows.push(...judge(context, await trainOnSharedAnswers(context, shared)))
      for (const [, key] of sources) if (!taken.has(key)) taken.set(key, run.path)
    }
  }
  return { rows, skipped }
}
