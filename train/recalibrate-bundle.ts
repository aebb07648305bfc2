import { join } from 'node:path'
import type { Manifest } from '../core/bundle/manifest.ts'
import type { SigningKey } from '../core/trust/sign-manifest.ts'
import { CacheNetError } from '../core/wire/errors.ts'
import { drawClassPictures } from './class-pictures/draw-class-pictures.ts'
import { restoreConfig } from './config/resolve-config.ts'
import { trainedSettings } from './config/schema.ts'
import { currentCommit } from './run/commit.ts'
import { openBundle } from './run/open-bundle.ts'
import type { Progress } from './run/progress.ts'
import { writeAtomically } from './run/write-atomically.ts'
import { formatSummary } from './run/summary.ts'
import { calibrate } from './stages/5-calibrate.ts'
import { exportBundle } from './stages/7-export.ts'
import { answerSplit } from './stages/answers.ts'
import { evaluateSplits } from './stages/evaluate-splits.ts'
import { withoutLosingDeltas } from './stages/without-losing-deltas.ts'

export interface RecalibrationRequest {
  /** Folder of the bundle, and where the calibrated one goes: the same, as a rule. */
  readonly bundle: string
  readonly out: string
  readonly data: string | undefined
  /** Settings that differ from the bundle's own: of the gate and the device only. */
  readonly assignments: readonly string[]
  /** As a person would type it. */
  readonly command: string
  readonly progress: Progress
  /** Draws the pictures of its classes anew; else it keeps those that it has. */
  readonly drawsClassPictures?: boolean
  /** Signs the bundle; it stays unsigned where there is none. */
  readonly signingKey?: SigningKey | undefined
}

/**
 * Stages 5 to 7 on networks that are there: the gate calibrated anew on validation images, for another
 * device, another accuracy line or with a newer trainer, and evaluated on the test images. No weight changes.
 * Throws `config-invalid` for a setting that would have trained other networks.
 */
export async function recalibrateBundle({
  bundle,
  out,
  data,
  assignments,
  command,
  progress,
  drawsClassPictures = false,
  signingKey,
}: RecalibrationRequest): Promise<{ manifest: Manifest; summary: string }> {
  const opened = await openBundle(bundle, data, progress, assignments)
  const { manifest: before, networks, context } = opened
  const { config, dataset } = context
  const trained = (of: typeof config): string => JSON.stringify(trainedSettings(of))
  if (trained(config) !== trained(restoreConfig(before.training.config))) {
    throw new CacheNetError(
      'config-invalid',
      'Only settings of gate and search can change without training anew.',
      { assignments },
    )
  }
  const validation = answerSplit(context, networks, dataset.validation, 'validation')
  const calibration = calibrate(context, networks, validation)
  const { testAnswers: _, ...evaluations } = evaluateSplits(context, networks, validation, calibration)
  const { command: trainedBy, commit, elapsedSeconds, refinement } = before.training
  const shipped = withoutLosingDeltas(networks, evaluations.validation, config.gate.accuracyTolerance)
  const manifest = await exportBundle(context, out, shipped, calibration, evaluations, {
    id: before.id,
    command: trainedBy,
    commit,
    elapsedSeconds,
    refinement,
    calibration: { command, commit: await currentCommit() },
    classPictures: drawsClassPictures
      ? await drawClassPictures(dataset, validation.full)
      : opened.classPictures,
    signingKey,
  })
  const summary = formatSummary(manifest, evaluations.test)
  await writeAtomically(join(out, 'training-summary.txt'), `$ ${trainedBy}\n$ ${command}\n\n${summary}\n`)
  return { manifest, summary }
}
