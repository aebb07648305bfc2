import { join } from 'node:path'
import { trainedSettings } from '../../config/schema.ts'
import { measureInput } from '../../data/dataset.ts'
import { dataIdentity } from '../../data/data-identity.ts'
import { startTrainingBackend } from '../../kernels/register.ts'
import { RunFolder } from '../../run/run-folder.ts'
import type { SeriesRequest } from '../series-request.ts'
import { partitionId } from '../../models/partition-id.ts'
import { calibrate } from '../../stages/5-calibrate.ts'
import type { StreamMetrics } from '../../stages/stream-metrics.ts'
import { answerSplit } from '../../stages/answers.ts'
import type { TrainedNetworks } from '../../models/trained-networks.ts'
import type { StageContext } from '../../stages/context.ts'
import { evaluateValidation } from '../../stages/evaluate-splits.ts'
import { trainOnSharedAnswers } from '../../stages/train-on-shared-answers.ts'

export interface DeltasRequest extends Omit<SeriesRequest, 'fullFrom'> {
  /** Finished run whose networks are taken over: only deltas are trained. */
  readonly from: string
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
 * Trains the deltas of a finished run anew, and judges them, and the whole partitions, as the only form there
 * is. Stopped at any time, the same call goes on where it was.
 */
export async function runDeltas(
  signal: AbortSignal,
  { preset, data, config, dataset, folder, from, progress }: DeltasRequest,
): Promise<FormResult[]> {
  await startTrainingBackend()
  const run = await RunFolder.openOrResume(join(folder, 'deltas'), {
    dataset: preset,
    data,
    config: trainedSettings(config),
    ...dataIdentity(dataset),
  })
  const taken = Array.from({ length: config.partitionCount }, (_, index) => partitionId(index))
  for (const network of ['full', 'generalist', 'encoder', ...taken])
    await run.takeCheckpoint(from, `${network}.bin`)
  const context: StageContext = {
    signal,
    config,
    dataset,
    input: measureInput(dataset.train, dataset.size),
    run,
    progress,
  }
  const networks = await trainOnSharedAnswers(context)
  return [
    { form: 'delta: gains, shifts, head', ...judge(context, networks, 'delta') },
    { form: 'whole', ...judge(context, networks, 'whole') },
  ]
}
