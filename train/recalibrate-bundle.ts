import type { Manifest } from '../core/bundle/manifest.ts'
import type { SigningKey } from '../core/trust/sign-manifest.ts'
import { CacheNetError } from '../core/wire/errors.ts'
import { drawClassPictures } from './class-pictures/draw-class-pictures.ts'
import { restoreConfig } from './config/resolve-config.ts'
import { trainedSettings } from './config/schema.ts'
import { finishBundle } from './finish-bundle.ts'
import { currentCommit } from './run/commit.ts'
import { openBundle } from './run/open-bundle.ts'
import type { Progress } from './run/progress.ts'

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
  const { command: trainedBy, commit, elapsedSeconds, refinement } = before.training
  return finishBundle(context, networks, out, async (validation) => ({
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
  }))
}
