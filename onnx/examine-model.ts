import { findInput, type FoundInput } from './find-input.ts'
import { findOutput, type FoundOutput } from './find-output.ts'
import { createGraphIndex, requireKnownDomains } from './graph-index.ts'
import type { InputWish } from './input-scale.ts'
import { measureGraph, type GraphMeasures } from './measure-graph.ts'
import { readModel, refuseModel, type OnnxModel } from './read-model.ts'
import type { Runtime } from './runtime.ts'

/** What a person says of a model, where the model itself does not. */
export interface ModelWish {
  readonly input: InputWish
  /** Name of the value or node that the last dense layer reads. */
  readonly features?: string | undefined
}

/** A classifier in ONNX, and what was found out about it. */
export interface ExaminedModel {
  readonly model: OnnxModel
  readonly input: FoundInput
  readonly output: FoundOutput
  readonly measures: GraphMeasures
  /** Size of the features of one frame. */
  readonly features: number
  /** Classes that it knows. */
  readonly outputs: number
}

/** What an encoder takes at most. */
const mostFeatures = 4096

const product = (shape: readonly number[]): number => shape.reduce((all, extent) => all * extent, 1)

/** Classes of an answer to one frame: one axis beside those of length 1. */
function classesOf(value: string, shape: readonly number[]): number {
  const long = shape.filter((extent) => extent !== 1)
  if (shape.length >= 2 && shape[0] === 1 && long.length === 1) return product(shape)
  throw refuseModel(
    `The output ${value} has the shape [${shape.join(', ')}] for one picture, and a classifier of two classes or more gives [1, classes]. Export a classifier.`,
    { value, shape },
  )
}

/** Size of what the last layer reads: a vector, or an image that is averaged over its places. */
function featuresOf(value: string, shape: readonly number[]): number {
  const size = shape[1]
  if (size !== undefined && shape[0] === 1 && (shape.length === 2 || shape.length === 4)) return size
  throw refuseModel(
    `The features ${value} have the shape [${shape.join(', ')}] for one picture, and [1, features] or [1, channels, height, width] are read. Name another value with --full-features NAME.`,
    { value, shape },
  )
}

/**
 * Reads a model and finds out how it is to be fed and what it gives. Throws `config-invalid`, in one sentence
 * that names node, input or value, where it cannot be the full model.
 *
 * @param labels how many classes are named; undefined where nobody says
 */
export async function examineModel(
  runtime: Runtime,
  path: string,
  wish: ModelWish,
  labels?: number,
): Promise<ExaminedModel> {
  const model = await readModel(path)
  const functions = new Set(
    (model.message.functions ?? []).map(({ domain, name }) => `${domain ?? ''}:${name ?? ''}`),
  )
  requireKnownDomains(model.graph, functions)
  const index = createGraphIndex(model.graph)
  const input = findInput(model, wish.input)
  const output = findOutput(model, index, labels ?? 0, wish.features)
  const measures = await measureGraph(runtime, model, index, input, output)
  const outputs = classesOf(output.logits, measures.logitsShape)
  const features = featuresOf(output.features, measures.featuresShape)
  if (features > mostFeatures)
    throw refuseModel(
      `The last dense layer reads ${features} values, and ${mostFeatures} are read at most. Name a smaller value with --full-features NAME.`,
      { features },
    )
  return { model, input, output, measures, features, outputs }
}
