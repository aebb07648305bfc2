import type { Manifest } from '../core/bundle/manifest.ts'
import type { SigningKey } from '../core/trust/sign-manifest.ts'
import type { TrainingConfig } from './config/schema.ts'
import { measureInput, splitCount, type Dataset } from './data/dataset.ts'
import { finishBundle } from './finish-bundle.ts'
import { askFullGraph } from './full/ask-full-graph.ts'
import type { FullGraph } from './full/full-graph.ts'
import { drawClassPictures } from './class-pictures/draw-class-pictures.ts'
import { startTrainingBackend } from './kernels/register.ts'
import type { BaseBundle } from './models/base-bundle.ts'
import { writeReport } from './report/write-report.ts'
import { currentCommit } from './run/commit.ts'
import type { Progress } from './run/progress.ts'
import type { RunFolder } from './run/run-folder.ts'
import type { StageContext } from './stages/context.ts'
import { trainWithinData } from './stages/train-within-data.ts'

export interface BundleRequest {
  readonly dataset: Dataset
  readonly config: TrainingConfig
  readonly run: RunFolder
  /** A finished bundle whose trunks full model and generalist begin with. */
  readonly base?: BaseBundle | undefined
  readonly progress: Progress
  readonly bundleId: string
  readonly bundleFolder: string
  readonly command: string
  /** A full model that somebody brought, in place of one that is trained. */
  readonly full?: FullGraph | undefined
  /** Whether a picture of each class comes with it, out of its images. */
  readonly hasClassPictures?: boolean
  /** Signs the bundle; it stays unsigned where there is none. */
  readonly signingKey?: SigningKey | undefined
}

/**
 * The whole of training, stage by stage; what a checkpoint holds is not done again. Returns the manifest of
 * the bundle it wrote.
 */
export async function trainBundle(
  signal: AbortSignal,
  request: BundleRequest,
): Promise<{ manifest: Manifest; summary: string }> {
  const { dataset, config, run, progress } = request
  let countedUntil = performance.now()
  const countTime = (): Promise<number> => {
    const seconds = (performance.now() - countedUntil) / 1000
    countedUntil = performance.now()
    return run.addElapsed(seconds)
  }
  await startTrainingBackend()
  const started: StageContext = {
    signal,
    config,
    dataset,
    input: measureInput(dataset.train, dataset.size),
    run,
    progress,
    fullGraph: request.full,
    base: request.base,
  }
  progress.say(
    `${dataset.classNames.length} classes; ${splitCount(dataset.train)} images to train on, ${splitCount(dataset.validation)} for choices, ${splitCount(dataset.test)} for the report. Run: ${run.path}`,
  )

  if (request.full !== undefined) {
    const training = { mirror: config.augment.mirror }
    await askFullGraph({ full: request.full, dataset, progress, signal, run, training }).finally(countTime)
  }
  // A start that is stopped counts as well: the run goes on where it ended.
  const { context, networks } = await trainWithinData(started).finally(countTime)
  const finished = await finishBundle(context, networks, request.bundleFolder, async (validation) => ({
    id: request.bundleId,
    command: request.command,
    commit: await currentCommit(),
    signingKey: request.signingKey,
    classPictures:
      request.hasClassPictures === true ? await drawClassPictures(dataset, validation.full) : undefined,
    elapsedSeconds: await countTime(),
  }))
  const { manifest, summary, calibration, answers, evaluation } = finished
  await writeReport(context, {
    manifest,
    bundleFolder: request.bundleFolder,
    calibration,
    answers,
    evaluation,
  })
  return { manifest, summary }
}
