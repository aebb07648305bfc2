import onnxProto from 'onnx-proto'
import { attribute } from './attribute.ts'
import type { FoundInput } from './find-input.ts'
import type { FoundOutput } from './find-output.ts'
import { createGraphBuilder, type GraphBuilder } from './graph-builder.ts'
import { graphNames } from './graph-names.ts'
import type { InputScale } from './input-scale.ts'
import { namedValue } from './named-value.ts'
import type { OnnxModel } from './read-model.ts'
import { floatValue } from './value-info.ts'

const { ModelProto, TensorProto } = onnxProto.onnx
const FLOAT: number = TensorProto.DataType.FLOAT

/** Keeps the logarithm of a probability of 0 finite. Half floats hold it too. */
const leastProbability = 1e-7

/** What the wrapping needs to know beside what was found in the graph. */
export interface Wrapping {
  readonly order: InputScale['order']
  /** Outputs of the model, in the order in which they are wanted. */
  readonly classes: readonly number[]
  /** The answer is probabilities that no softmax in the graph explains. */
  readonly isProbabilities: boolean
}

const cast = (graph: GraphBuilder, value: string, type: number): string =>
  graph.add('Cast', [value], [attribute('to', type)])

const gather = (graph: GraphBuilder, value: string, axis: number, places: readonly number[]): string =>
  graph.add('Gather', [value, graph.integers(places)], [attribute('axis', axis)])

/** Nodes that make frames, [batch, height, width, 3] in RGB, into what the model reads. */
export function inputNodes(
  { name, elementType, layout }: FoundInput,
  order: InputScale['order'],
): { readonly nodes: onnxProto.onnx.INodeProto[]; readonly initializers: onnxProto.onnx.ITensorProto[] } {
  const graph = createGraphBuilder('cachenet/input')
  const ordered = order === 'rgb' ? graphNames.frames : gather(graph, graphNames.frames, 3, [2, 1, 0])
  const laidOut = layout === 'nhwc' ? ordered : graph.transpose(ordered, [0, 3, 1, 2])
  const typed = elementType === FLOAT ? laidOut : cast(graph, laidOut, elementType)
  return { nodes: [...graph.nodes, namedValue(name, typed)], initializers: [...graph.initializers] }
}

/** The frames that a wrapped model reads. */
export const framesValue = ({ size, isBatched }: FoundInput): onnxProto.onnx.IValueInfoProto =>
  floatValue(graphNames.frames, [size, size, 3], isBatched ? undefined : 1)

/** Weights that are listed among the inputs, as older models do. */
export function otherInputs({ graph }: OnnxModel, { name }: FoundInput): onnxProto.onnx.IValueInfoProto[] {
  return (graph.input ?? []).filter((input) => input.name !== name)
}

/** What was found in a graph. */
export interface Wrapped {
  readonly model: OnnxModel
  readonly input: FoundInput
  readonly output: FoundOutput
  /** The features have 2 axes, or 4 where the last layer is a convolution. */
  readonly measures: { readonly featuresShape: readonly number[] }
  readonly features: number
}

/**
 * A model that somebody brought, in the form that everything here runs: frames in as floats, [batch, height,
 * width, 3] in RGB; out come logits of the classes that are wanted, in their order, and features. It is one
 * file, whatever it was before.
 */
export function wrapExamined(
  { model, input, output, measures, features }: Wrapped,
  { order, classes, isProbabilities }: Wrapping,
): Uint8Array {
  const before = inputNodes(input, order)
  const after = createGraphBuilder('cachenet/output')
  const scores = after.add('Flatten', [cast(after, output.logits, FLOAT)], [attribute('axis', 1)])
  const logits = isProbabilities
    ? after.add('Log', [
        after.add('Add', [scores, after.floats('least', [1], () => Float32Array.of(leastProbability))]),
      ])
    : scores
  const seen = cast(after, output.features, FLOAT)
  const pooled = measures.featuresShape.length === 4 ? after.add('GlobalAveragePool', [seen]) : seen
  const vector = after.add('Flatten', [pooled], [attribute('axis', 1)])
  const wanted = gather(after, logits, 1, classes)
  const batch = input.isBatched ? undefined : 1
  return ModelProto.encode({
    ...model.message,
    graph: {
      ...model.graph,
      // What gives a value comes before what reads it.
      node: [
        ...before.nodes,
        ...(model.graph.node ?? []),
        ...after.nodes,
        namedValue(graphNames.logits, wanted),
        namedValue(graphNames.features, vector),
      ],
      initializer: [...(model.graph.initializer ?? []), ...before.initializers, ...after.initializers],
      input: [framesValue(input), ...otherInputs(model, input)],
      output: [
        floatValue(graphNames.logits, [classes.length], batch),
        floatValue(graphNames.features, [features], batch),
      ],
    },
  }).finish()
}
