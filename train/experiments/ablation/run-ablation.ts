import { join } from 'node:path'
import { mean } from '../../../core/mean.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import { resolveConfig } from '../../config/resolve-config.ts'
import { trainedSettings, type TrainingConfig } from '../../config/schema.ts'
import { dataIdentity } from '../../data/data-identity.ts'
import { measureInput, splitCount, type Dataset } from '../../data/dataset.ts'
import { startTrainingBackend } from '../../kernels/register.ts'
import { RunFolder } from '../../run/run-folder.ts'
import type { SeriesRequest } from '../series-request.ts'
import { calibrate } from '../../stages/5-calibrate.ts'
import type { Evaluation } from '../../stages/6-evaluate.ts'
import { answerSplit } from '../../stages/answers.ts'
import type { StageContext } from '../../stages/context.ts'
import { evaluateValidation } from '../../stages/evaluate-splits.ts'
import { takeFull } from '../../stages/take-full.ts'
import { trainOnSharedAnswers, type SharedAnswers } from '../../stages/train-on-shared-answers.ts'
import type { AblatedTerm } from './terms.ts'

export interface AblationRequest extends Pick<
  SeriesRequest,
  'preset' | 'data' | 'folder' | 'fullFrom' | 'progress'
> {
  readonly seeds: readonly number[]
  readonly terms: readonly AblatedTerm[]
  /** Settings that all variants share, as `--set` takes them. */
  readonly assignments: readonly string[]
  loadDataset(config: TrainingConfig): Promise<Dataset>
}

/** What a variant is judged by, on validation images. */
export interface VariantResult {
  readonly variant: string
  readonly seed: number
  /** Mean over the partitions of their accuracy inside their regions, weighted by the regions' shares. */
  readonly accuracyInRegion: number
  /** Mean over the reported streams, adaptive gate. */
  readonly coverage: number
  readonly accuracyLoss: number
  readonly smallestShare: number
  readonly largestShare: number
  readonly aurocOutside: number
}

/** A variant that cannot be judged: its code left a partition without images. */
export interface EmptyRegion {
  readonly variant: string
  readonly seed: number
  readonly failure: string
}

export type VariantOutcome = VariantResult | EmptyRegion

export const baselineName = 'baseline'

function judge(
  variant: string,
  seed: number,
  { inRegion, partitionShares, streams }: Evaluation,
): VariantResult {
  const table = Object.values(streams)
  return {
    variant,
    seed,
    accuracyInRegion: inRegion.reduce(
      (sum, { accuracy }, index) => sum + accuracy * partitionShares[index]!,
      0,
    ),
    coverage: mean(table.map(({ coverage }) => coverage)),
    accuracyLoss: mean(table.map(({ accuracy, edgeSceneAccuracy }) => edgeSceneAccuracy - accuracy)),
    smallestShare: Math.min(...partitionShares),
    largestShare: Math.max(...partitionShares),
    aurocOutside: mean(inRegion.map(({ aurocOutside }) => aurocOutside)),
  }
}

async function outcomeOf(
  variant: string,
  seed: number,
  context: StageContext,
  shared: SharedAnswers,
): Promise<VariantOutcome> {
  try {
    const networks = await trainOnSharedAnswers(context, shared)
    const validation = answerSplit(context, networks, context.dataset.validation, 'validation')
    return judge(
      variant,
      seed,
      evaluateValidation(context, networks, validation, calibrate(context, networks, validation)),
    )
  } catch (error) {
    // What a term keeps from happening is a finding about the term, not the end of the ablation.
    if (variant !== baselineName && error instanceof CacheNetError && error.code === 'config-invalid')
      return { variant, seed, failure: error.message }
    throw error
  }
}

const folderName = (variant: string): string => variant.replace(/[^a-z0-9]+/gi, '-').toLowerCase()

/**
 * Trains the baseline and, for each term, a variant that differs in it alone; each seed its own full model
 * (or that of `fullFrom`), which its variants share. Every variant is a run of its own in `folder`: stopped
 * at any time, it goes on where it was.
 */
export async function runAblation(signal: AbortSignal, request: AblationRequest): Promise<VariantOutcome[]> {
  const { preset, data, seeds, terms, folder, fullFrom, progress } = request
  await startTrainingBackend()
  const outcomes: VariantOutcome[] = []
  for (const seed of seeds) {
    const configOf = (assignments: readonly string[], images?: number): TrainingConfig =>
      resolveConfig(preset, undefined, [...request.assignments, `seed=${seed}`, ...assignments], images)
    const dataset = await request.loadDataset(configOf([]))
    const shared: SharedAnswers = {}
    let baseline: RunFolder | undefined
    for (const { name, assignments, shares } of [
      { name: baselineName, assignments: [], shares: [] },
      ...terms,
    ]) {
      const config = configOf(assignments, splitCount(dataset.train))
      const run = await RunFolder.openOrResume(join(folder, `seed-${seed}`, folderName(name)), {
        dataset: preset,
        data,
        config: trainedSettings(config),
        ...dataIdentity(dataset),
      })
      const context: StageContext = {
        signal,
        config,
        dataset,
        input: measureInput(dataset.train, dataset.size),
        run,
        progress,
      }
      const fullOf = baseline?.path ?? fullFrom
      if (fullOf !== undefined) await takeFull(context, fullOf)
      if (baseline !== undefined)
        for (const network of shares) await run.takeCheckpoint(baseline.path, `${network}.bin`)
      baseline ??= run
      progress.say(`\nSeed ${seed}: ${name}`)
      outcomes.push(await outcomeOf(name, seed, context, shared))
    }
  }
  return outcomes
}
