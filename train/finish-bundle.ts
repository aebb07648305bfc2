import { join } from 'node:path'
import type { Manifest } from '../core/bundle/manifest.ts'
import type { TrainedNetworks } from './models/trained-networks.ts'
import { formatSummary } from './run/summary.ts'
import { writeAtomically } from './run/write-atomically.ts'
import { calibrate, type Calibration } from './stages/5-calibrate.ts'
import type { Evaluation } from './stages/6-evaluate.ts'
import { exportBundle, type ExportFacts } from './stages/7-export.ts'
import { answerSplit, type SplitAnswers } from './stages/answers.ts'
import type { EvaluationContext } from './stages/context.ts'
import { evaluateSplits } from './stages/evaluate-splits.ts'
import { withoutLosingDeltas } from './stages/without-losing-deltas.ts'

export interface FinishedBundle {
  readonly manifest: Manifest
  /** As it is printed. */
  readonly summary: string
  readonly calibration: Calibration
  readonly answers: { readonly validation: SplitAnswers; readonly test: SplitAnswers }
  /** Of the test images. */
  readonly evaluation: Evaluation
}

/**
 * Stages 5 to 7 on networks that are trained: the gate is calibrated on validation images and evaluated on
 * test images, and the bundle is written to a folder, with its summary.
 *
 * @param factsOf what is said of the bundle besides; asked once all has been measured
 */
export async function finishBundle(
  context: EvaluationContext,
  networks: TrainedNetworks,
  folder: string,
  factsOf: (validation: SplitAnswers) => Promise<ExportFacts>,
): Promise<FinishedBundle> {
  const { config, dataset } = context
  const validation = answerSplit(context, networks, dataset.validation, 'validation')
  const calibration = calibrate(context, networks, validation)
  const { testAnswers, ...evaluations } = evaluateSplits(context, networks, validation, calibration)
  const shipped = withoutLosingDeltas(networks, evaluations.validation, config.gate.accuracyTolerance)
  const facts = await factsOf(validation)
  const manifest = await exportBundle(context, folder, shipped, calibration, evaluations, facts)
  const summary = formatSummary(manifest, evaluations.test)
  const { command, refinement, calibration: calibrated } = manifest.training
  const commands = [command, refinement?.command, calibrated?.command].filter((typed) => typed !== undefined)
  await writeAtomically(
    join(folder, 'training-summary.txt'),
    `${commands.map((typed) => `$ ${typed}\n`).join('')}\n${summary}\n`,
  )
  return {
    manifest,
    summary,
    calibration,
    answers: { validation, test: testAnswers },
    evaluation: evaluations.test,
  }
}
