import { dirname } from 'node:path'
import type { Manifest } from '../../../core/bundle/manifest.ts'
import type { GatePoint } from '../../../core/gate/settings.ts'
import { argMax } from '../../../core/gate/entropy.ts'
import { generalistId } from '../../../core/gate/gate.ts'
import type { AnswerTable } from '../../../core/gate/answer-table.ts'
import { imageStream, isDrawable } from '../../calibration/image-stream.ts'
import { cascadeAt, gateCurve } from '../../calibration/threshold.ts'
import { imagesByClass, splitCount } from '../../data/dataset.ts'
import { logitsOf } from '../../models/predict.ts'
import { partitionId } from '../../models/partition-id.ts'
import type { Calibration } from '../../stages/5-calibrate.ts'
import type { Evaluation } from '../../stages/6-evaluate.ts'
import { answerTable, type SplitAnswers } from '../../stages/answers.ts'
import { imagesOfHead } from '../../stages/region-images.ts'
import type { StageContext } from '../../stages/context.ts'
import type { GateReport, PicturedReconstruction, ReportData } from '../report-data.ts'
import { confusedPairs } from './confused-pairs.ts'
import { countConfusion, networkEntropies, networkReliability } from './count-answers.ts'
import { readReconstructions } from '../../stages/keep-reconstructions.ts'
import { readCurves } from './read-curves.ts'
import { thumbnail } from './thumbnail.ts'

/** What a finished training knows. */
export interface FinishedTraining {
  readonly manifest: Manifest
  readonly bundleFolder: string
  readonly calibration: Calibration
  readonly answers: { readonly validation: SplitAnswers; readonly test: SplitAnswers }
  /** Of the test images. */
  readonly evaluation: Evaluation
}

/**
 * The stream that the gate's curve was measured on, once more, for the full model's line and the plain
 * Cascade's curve.
 */
function gateReport(
  context: StageContext,
  { cascade, scenes }: Calibration,
  validation: SplitAnswers,
  table: AnswerTable,
): GateReport {
  const { streamKind, streamLength: meanLength, streamFrames: frames } = context.config.gate
  const kind = isDrawable(context, streamKind) ? streamKind : 'single'
  const images = imageStream(context, validation.labels, { kind, meanLength, frames }, 'calibration')
  const curve = gateCurve(
    {
      images,
      table,
      classes: context.dataset.classNames.length,
      device: { cacheEntries: 0, keepShare: 1, scenes },
      edgeSceneAccuracy: 1,
    },
    (nats) => cascadeAt(nats, cascade.gate),
  )
  return {
    stream: `${kind}, mean length ${meanLength}`,
    fullAccuracy:
      images.filter((image) => table.fullAnswers[image] === table.labels[image]).length / images.length,
    cascadeCurve: curve.map(({ thresholdNats, coverage, accuracyOnHits, accuracyOfWhole }): GatePoint => ({
      thresholdNats,
      coverage,
      accuracyOnHits,
      accuracyOfWhole,
    })),
  }
}

async function picturedReconstructions({
  run,
  dataset,
}: StageContext): Promise<Pick<ReportData, 'reconstructions'>> {
  const kept = await readReconstructions(run.path)
  if (kept === undefined) return {}
  const { pixels, labels } = dataset.validation
  const imageBytes = dataset.size ** 2 * 3
  const images = kept.images.map(async (shown): Promise<PicturedReconstruction> => {
    const picture = await thumbnail(
      pixels.subarray(shown.image * imageBytes, (shown.image + 1) * imageBytes),
      dataset.size,
    )
    return { ...shown, classIndex: labels[shown.image]!, thumbnail: picture }
  })
  return { reconstructions: { ...kept, images: await Promise.all(images) } }
}

/** Everything that the report shows, from a training that is done and its run folder. */
export async function gatherReport(
  context: StageContext,
  { manifest, bundleFolder, calibration, answers, evaluation }: FinishedTraining,
): Promise<ReportData> {
  const { dataset, config, run } = context
  const { test, validation } = answers
  const { temperatures } = calibration
  const classes = dataset.classNames.length
  const all = Array.from({ length: test.labels.length }, (_, image) => image)
  // As the evaluation has it.
  const regions = manifest.partitions.map((_, index) => {
    const id = partitionId(index)
    const head = test.heads.get(id)
    if (head === undefined)
      return {
        id,
        images: all.filter((image) => test.chosen[image] === index),
        outside: all.filter((image) => test.chosen[image] !== index),
      }
    const { inside, outside } = imagesOfHead(head, test.labels)
    return { id, images: inside, outside }
  })
  const table = answerTable(test, calibration)
  const temperature = (id: string): number => temperatures.get(id) ?? 1
  const everywhere = (id: string): { id: string; images: number[] } => ({ id, images: all })
  return {
    manifest,
    bundlesFolder: dirname(bundleFolder),
    imageCounts: {
      train: splitCount(dataset.train),
      validation: splitCount(dataset.validation),
      test: splitCount(dataset.test),
    },
    trainCounts: imagesByClass(dataset.train, classes).map(({ length }) => length),
    evaluation,
    accuracyTolerance: config.gate.accuracyTolerance,
    curves: await readCurves(run.path),
    confusions: [everywhere('full'), ...regions].map(({ id, images }) =>
      countConfusion(test, id, images, classes),
    ),
    confusedPairs: await confusedPairs(
      dataset.test,
      all.map((image) => argMax(logitsOf(test.full, image))),
      dataset.size,
    ),
    entropies: [
      ...regions.map(({ id, images, outside }) =>
        networkEntropies(table, id, { inside: images, outside }, manifest.gate, Math.log(classes)),
      ),
      networkEntropies(table, generalistId, { inside: all }, manifest.gate, Math.log(classes)),
    ],
    reliabilities: [...regions, everywhere(generalistId), everywhere('full')].map(({ id, images }) =>
      networkReliability(test, id, images, temperature(id)),
    ),
    gate: gateReport(context, calibration, validation, answerTable(validation, calibration)),
    ...(await picturedReconstructions(context)),
  }
}
