import { join } from 'node:path'
import { trainedSettings, type TrainingConfig } from '../config/schema.ts'
import { measureInput } from '../data/dataset.ts'
import { dataIdentity } from '../data/data-identity.ts'
import { startTrainingBackend } from '../kernels/register.ts'
import { RunFolder } from '../run/run-folder.ts'
import type { SeriesRequest } from '../run/series-request.ts'
import { partitionId } from '../models/partition-id.ts'
import { calibrate } from '../stages/5-calibrate.ts'
import type { StreamMetrics } from '../stages/6-evaluate.ts'
import { answerSplit, type TrainedNetworks } from '../stages/answers.ts'
import type { StageContext } from '../stages/context.ts'
import { evaluateValidation } from '../stages/evaluate-splits.ts'
import { trainNetworks, type SharedAnswers } from '../stages/train-networks.ts'

export interface DeltasRequest extends Omit<SeriesRequest, 'fullFrom'> {
  /** Finished run whose networks are taken over: only deltas are trained. */
  readonly from: string
  readonly ranks: readonly number[]
}

/** Partitions in one of their forms, judged on validation images. */
export interface FormResult {
  readonly form: string
  /** Of one partition's blob. */
  readonly bytes: number
  /** Means over the partitions, weighted by the shares of their regions. */
  readonly accuracyInRegion: number
  readonly aurocOutside: number
  /** Each stream under a gate that was calibrated for this form, at the same accuracy line. */
  readonly streams: Readonly<Record<string, StreamMetrics>>
}

/** Every partition in one form only, as if it were the only one that ships. */
function judge(
  context: StageContext,
  networks: TrainedNetworks,
  form: 'whole' | 'delta',
): Omit<FormResult, 'form'> {
  const partitions = networks.partitions.map((forms) => ({
    ...forms,
    whole: forms[form] ?? forms.whole,
    delta: undefined,
  }))
  const shipped = { ...networks, partitions }
  const validation = answerSplit(context, shipped, context.dataset.validation, form)
  const { inRegion, partitionShares, streams } = evaluateValidation(
    context,
    shipped,
    validation,
    calibrate(context, shipped, validation),
  )
  const weighted = (values: readonly number[]): number =>
    values.reduce((sum, value, index) => sum + value * partitionShares[index]!, 0)
  const bytes = partitions[0]?.whole.blob.byteLength ?? 0
  return {
    bytes,
    accuracyInRegion: weighted(inRegion.map(({ accuracy }) => accuracy)),
    aurocOutside: weighted(inRegion.map(({ aurocOutside }) => aurocOutside)),
    streams,
  }
}

/**
 * Trains the deltas of a finished run anew with each rank, and judges each, and the whole partitions, as the
 * only form there is. Stopped at any time, the same call goes on where it was.
 */
export async function runDeltas(
  signal: AbortSignal,
  { preset, data, config, dataset, folder, from, ranks, progress }: DeltasRequest,
): Promise<FormResult[]> {
  await startTrainingBackend()
  const shared: SharedAnswers = {}
  const results: FormResult[] = []
  const taken = [
    'full',
    'generalist',
    'encoder',
    ...Array.from({ length: config.partitionCount }, (_, index) => partitionId(index)),
  ]
  let last: { context: StageContext; networks: TrainedNetworks } | undefined
  for (const rank of ranks) {
    const own: TrainingConfig = { ...config, delta: { ...config.delta, rank } }
    const run = await RunFolder.openOrResume(join(folder, `rank-${rank}`), {
      dataset: preset,
      data,
      config: trainedSettings(own),
      ...dataIdentity(dataset),
    })
    for (const network of taken) await run.takeCheckpoint(from, `${network}.bin`)
    progress.say(`\nDeltas of rank ${rank}`)
    const context: StageContext = {
      signal,
      config: own,
      dataset,
      input: measureInput(dataset.train, dataset.size),
      run,
      progress,
    }
    const networks = await trainNetworks(context, shared)
    results.push({
      form: rank === 0 ? 'delta: gains, shifts, head' : `delta of rank ${rank}`,
      ...judge(context, networks, 'delta'),
    })
    last = { context, networks }
  }
  if (last === undefined) return []
  return [...results, { form: 'whole', ...judge(last.context, last.networks, 'whole') }]
}
