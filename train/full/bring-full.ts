import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { GraphSpec } from '../../core/bundle/full-network.ts'
import { measuredShare, wilsonInterval } from '../../core/measured-share.ts'
import { percent } from '../../core/percent.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { examineModel, type ExaminedModel } from '../../onnx/examine-model.ts'
import { parseInputWish, type InputScale } from '../../onnx/input-scale.ts'
import { refuseModel } from '../../onnx/read-model.ts'
import { startRuntime } from '../../onnx/runtime.ts'
import { wrapExamined } from '../../onnx/wrap-classifier.ts'
import type { Dataset } from '../data/dataset.ts'
import { logitsOf, type Predictions } from '../models/predictions.ts'
import type { Progress } from '../run/progress.ts'
import { labelsInside, placesOfClasses, readLabels } from './class-places.ts'
import { createFullGraph, type FullGraph } from './full-graph.ts'
import { sampleImages } from './sample-images.ts'
import { modelInput, takesBatches, Trials, tryScales } from './trials.ts'

/** Images that a model is tried on: its accuracy comes to within four points, whatever it is. */
const mostTried = 500
/** Images on which scales are told apart: a wrong one costs tens of points, or the model is used to it. */
const mostForScales = 100

/** What a person says of the model that they bring. */
export interface BroughtModel {
  readonly model: string
  /** File with one class a line, in the order of the outputs. */
  readonly labels?: string | undefined
  /** See `parseInputWish`. */
  readonly input?: string | undefined
  readonly features?: string | undefined
  /** File that ships beside the model. */
  readonly licence?: string | undefined
}

/** A full model that fits the data, and what it was taken for, in sentences. */
export interface BroughtFull {
  readonly full: FullGraph
  readonly sentences: readonly string[]
  /** Share of the tried images that it is right about. */
  readonly accuracy: number
}

async function readLicence(path: string | undefined): Promise<Uint8Array | undefined> {
  if (path === undefined) return undefined
  const text = await readFile(path).catch(() => new Uint8Array())
  if (text.byteLength > 0) return text
  throw refuseModel(`The licence ${path} is empty or cannot be read. Check the path.`, { path })
}

/** Where the names of the outputs stand, and what they are. */
async function labelsOf(
  { model, labels }: BroughtModel,
  examined: ExaminedModel,
  classNames: readonly string[],
): Promise<{ readonly names: readonly string[]; readonly where: string }> {
  if (labels !== undefined) return { names: await readLabels(labels), where: labels }
  const inside = labelsInside(examined.model)
  if (inside !== undefined) return { names: inside, where: `The metadata of ${model}` }
  if (classNames.length === examined.outputs)
    return { names: classNames, where: 'The folders in alphabetical order' }
  throw refuseModel(
    `The model has ${examined.outputs} outputs, and the data ${classNames.length} classes. Name a file with one class a line, in the order of the outputs: --labels FILE.`,
    { outputs: examined.outputs, classes: classNames.length },
  )
}

/** All are positive and the sum is 1, as half floats round. */
const areProbabilities = (predictions: Predictions): boolean =>
  Array.from({ length: predictions.count }, (_, image) => logitsOf(predictions, image)).every(
    (row) =>
      row.every((value) => value >= 0) && Math.abs(row.reduce((sum, value) => sum + value, 0) - 1) < 0.01,
  )

interface DescribedFacts {
  readonly scale: InputScale
  /** Where the scale stands, in words. */
  readonly scaleSource: string
  readonly isProbabilities: boolean
  readonly bytes: number
  readonly runtime: string
}

/** What a model was taken for, in lines. */
function describe(examined: ExaminedModel, spec: GraphSpec, facts: DescribedFacts): string[] {
  const { model, input, output, outputs } = examined
  const { scale, scaleSource, isProbabilities } = facts
  const softmax =
    output.softmax !== undefined
      ? `softmax inside (${output.softmax}), logits before it`
      : isProbabilities
        ? 'gives probabilities; their logarithms are the logits'
        : 'gives logits'
  const head = output.head === undefined ? 'as named' : `what ${output.head} reads`
  return [
    `Full model: ${basename(model.path)}, opset ${model.opset}, ${(facts.bytes / 2 ** 20).toFixed(1)} MiB, ${spec.megaMacs.toFixed(0)} million multiply-accumulates, run by ${facts.runtime}.`,
    `  reads ${input.size}x${input.size}, ${input.layout.toUpperCase()}, ${scale.order.toUpperCase()}, scale "${scale.name}" (${scaleSource}), ${spec.isBatched ? 'any batch' : 'one picture at a time'}`,
    `  ${outputs} outputs, of which ${spec.outputs} are classes of the data; ${softmax}`,
    `  features: ${spec.features} values, ${head} (${output.features})`,
  ]
}

/** Throws where a model is no better on labelled images than somebody who guesses. */
function requireBetterThanChance(accuracy: number, images: number, classes: number): void {
  const [low] = wilsonInterval(accuracy, images)
  if (low > 1 / classes) return
  throw new CacheNetError(
    'config-invalid',
    `The full model is right on ${measuredShare(accuracy, images)} of the labelled images, and who guesses is right on ${percent(1 / classes)}. ` +
      'Either its labels are in another order than its outputs (--labels), or its pictures are scaled otherwise (--full-input), or it was trained on other classes. Nothing was trained.',
    { accuracy, images, classes },
  )
}

/**
 * Makes an ONNX classifier the full model of a data set: finds out how it is fed and what it gives, holds its
 * labels against the classes, and tries it on labelled images. Throws `config-invalid`, in one sentence, for
 * what cannot work, and where the model is no better than chance.
 */
export async function bringFull(
  brought: BroughtModel,
  dataset: Dataset,
  seed: number,
  progress: Progress,
): Promise<BroughtFull> {
  const wish = brought.input === undefined ? {} : parseInputWish(brought.input)
  const licence = await readLicence(brought.licence)
  const runtime = await startRuntime()
  const named = brought.labels === undefined ? undefined : (await readLabels(brought.labels)).length
  const found = await examineModel(runtime, brought.model, { input: wish, features: brought.features }, named)
  const examined: ExaminedModel = {
    ...found,
    input: { ...found.input, isBatched: await takesBatches(runtime, found) },
  }
  const { input, output, measures, features, outputs } = examined
  const { names, where } = await labelsOf(brought, examined, dataset.classNames)
  const classes = placesOfClasses(dataset.classNames, names, outputs, where)

  const images = sampleImages(dataset, mostTried, seed)
  const trials = new Trials(runtime, examined, dataset, classes, progress)
  const chosen =
    input.scale === undefined
      ? await tryScales(trials, images.slice(0, mostForScales), wish.order)
      : { scale: input.scale, says: input.scaleSource }
  const { predictions, accuracy } = await trials.run(chosen.scale, images)
  const isProbabilities = output.softmax === undefined && areProbabilities(predictions)
  const blob = wrapExamined(examined, { order: chosen.scale.order, classes, isProbabilities })
  const spec: GraphSpec = {
    kind: 'onnx',
    input: modelInput(input.size, chosen.scale),
    features,
    outputs: classes.length,
    isBatched: input.isBatched,
    megaMacs: measures.megaMacs,
    activationBytes: measures.activationBytes,
  }
  const sentences = [
    ...describe(examined, spec, {
      scale: chosen.scale,
      scaleSource: chosen.says,
      isProbabilities,
      bytes: blob.byteLength,
      runtime: runtime.kind === 'native' ? 'onnxruntime-node' : 'onnxruntime-web',
    }),
    `  labels: ${where}`,
    `  right on ${measuredShare(accuracy, images.length)} of ${images.length} labelled images; chance is ${percent(1 / classes.length)}`,
  ]
  for (const sentence of sentences) progress.say(sentence)
  requireBetterThanChance(accuracy, images.length, classes.length)
  return { full: createFullGraph({ spec, blob, licence }), sentences, accuracy }
}
