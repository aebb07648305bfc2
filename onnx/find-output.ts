import type onnxProto from 'onnx-proto'
import { inputsOf, nodeLabel, type GraphIndex, type GraphNode } from './graph-index.ts'
import { refuseModel, type OnnxModel } from './read-model.ts'

/** Where a model's answer and features are. */
export interface FoundOutput {
  /** The value before any softmax. */
  readonly logits: string
  /** What becomes probabilities inside the graph, in words; undefined where nothing does. */
  readonly softmax: string | undefined
  /** What the last dense layer reads. */
  readonly features: string
  /** That layer, in words; undefined where the features were named. */
  readonly head: string | undefined
}

/** What changes the form of numbers and not the numbers. */
const formOnly: ReadonlySet<string> = new Set([
  'Identity',
  'Cast',
  'Flatten',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Dropout',
  'Transpose',
])
const squashing: ReadonlySet<string> = new Set(['Softmax', 'LogSoftmax', 'Sigmoid'])
/** What gives a choice, and no scores to learn from. */
const choosing: ReadonlySet<string> = new Set([
  'ArgMax',
  'ArgMin',
  'TopK',
  'ZipMap',
  'NonMaxSuppression',
  'Hardmax',
])
/** What may stand between a dense layer and the answer. */
const afterHead: ReadonlySet<string> = new Set([
  ...formOnly,
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Relu',
  'Clip',
  'Abs',
  'BatchNormalization',
  'DequantizeLinear',
  'QuantizeLinear',
  // A 1x1 convolution as the head is averaged over its places afterwards.
  'GlobalAveragePool',
  'AveragePool',
  'ReduceMean',
])
/** Dense layers, and which of their inputs are the features and the weights. */
const dense: Readonly<Record<string, { readonly features: number; readonly weights: number }>> = {
  Gemm: { features: 0, weights: 1 },
  MatMul: { features: 0, weights: 1 },
  FusedMatMul: { features: 0, weights: 1 },
  FusedGemm: { features: 0, weights: 1 },
  Conv: { features: 0, weights: 1 },
  MatMulInteger: { features: 0, weights: 1 },
  QLinearMatMul: { features: 0, weights: 3 },
  QGemm: { features: 0, weights: 3 },
}

/** Of several outputs, the one that has as many values as there are classes, or the first. */
function mainOutput(graph: onnxProto.onnx.IGraphProto, classes: number): string {
  const outputs = graph.output ?? []
  const fits = outputs.find(({ type }) => {
    const extents = type?.tensorType?.shape?.dim?.map(({ dimValue }) => Number(dimValue ?? 0)) ?? []
    return extents.length >= 2 && extents[1] === classes
  })
  return (fits ?? outputs[0])?.name ?? ''
}

/** The input of a node that depends on the picture. */
const followed = (index: GraphIndex, node: GraphNode): string =>
  inputsOf(node).find((input) => !index.isConstant(input)) ?? ''

/** The input that a node reads besides a sum or a maximum of that same input. */
function normalised(index: GraphIndex, node: GraphNode): string | undefined {
  const [value = '', by = ''] = node.input ?? []
  const reduced = index.producerOf(by)
  return reduced?.opType?.startsWith('Reduce') === true && reduced.input?.[0] === value ? value : undefined
}

/** What goes into a softmax that is written out: exp(x − max x) / Σ exp(x − max x). */
function intoWrittenSoftmax(index: GraphIndex, node: GraphNode): string | undefined {
  if (node.opType !== 'Div') return undefined
  const powers = index.producerOf(normalised(index, node) ?? '')
  const shifted = powers?.opType === 'Exp' ? (powers.input?.[0] ?? '') : undefined
  if (shifted === undefined) return undefined
  const shift = index.producerOf(shifted)
  return (shift?.opType === 'Sub' ? normalised(index, shift) : undefined) ?? shifted
}

function findLogits(index: GraphIndex, output: string): Pick<FoundOutput, 'logits' | 'softmax'> {
  let value = output
  for (;;) {
    const node = index.producerOf(value)
    const opType = node?.opType ?? ''
    if (node === undefined) return { logits: output, softmax: undefined }
    if (choosing.has(opType))
      throw refuseModel(
        `The output comes from the node ${nodeLabel(node)}, which chooses a class and gives no scores. Export the model up to its scores.`,
        { node: nodeLabel(node) },
      )
    const written = intoWrittenSoftmax(index, node)
    if (written !== undefined) return { logits: written, softmax: nodeLabel(node) }
    if (squashing.has(opType)) return { logits: node.input?.[0] ?? '', softmax: nodeLabel(node) }
    if (!formOnly.has(opType)) return { logits: output, softmax: undefined }
    value = followed(index, node)
  }
}

function findHead(index: GraphIndex, logits: string): Pick<FoundOutput, 'features' | 'head'> {
  let value = logits
  for (;;) {
    const node = index.producerOf(value)
    if (node === undefined)
      throw refuseModel(
        `No dense layer stands before the output ${logits}. Name what it reads with --full-features NAME.`,
        { logits },
      )
    const inputs = node.input ?? []
    const parts = dense[node.opType ?? '']
    if (parts !== undefined && index.isConstant(inputs[parts.weights] ?? ''))
      return { features: inputs[parts.features] ?? '', head: nodeLabel(node) }
    // Some write the weights of a product first.
    if (node.opType === 'MatMul' && index.isConstant(inputs[0] ?? ''))
      return { features: inputs[1] ?? '', head: nodeLabel(node) }
    const open = inputsOf(node).filter((input) => !index.isConstant(input))
    const next = open.length === 1 ? open[0] : normalised(index, node)
    if (!afterHead.has(node.opType ?? '') || next === undefined)
      throw refuseModel(
        `The last dense layer is not found: the answer comes from the node ${nodeLabel(node)}. Name what the last dense layer reads with --full-features NAME.`,
        { node: nodeLabel(node) },
      )
    value = next
  }
}

/** A value by its name, or by the name of the node that gives it. */
function namedFeatures({ path, graph }: OnnxModel, index: GraphIndex, name: string): string {
  if (index.producerOf(name) !== undefined) return name
  const node = (graph.node ?? []).find((one) => one.name === name)
  const output = node?.output?.[0]
  if (output !== undefined) return output
  throw refuseModel(
    `${path} has no value and no node that is called ${name}. Look for its name in a viewer of ONNX graphs.`,
    { name },
  )
}

/**
 * Where logits and features are in a graph. Throws `config-invalid` where the output gives no scores, or
 * where no dense layer is found and none is named.
 *
 * @param classes that the labels name
 * @param features name of a value or node, in place of the one that is found
 */
export function findOutput(
  model: OnnxModel,
  index: GraphIndex,
  classes: number,
  features?: string,
): FoundOutput {
  const found = findLogits(index, mainOutput(model.graph, classes))
  if (features !== undefined)
    return { ...found, features: namedFeatures(model, index, features), head: undefined }
  return { ...found, ...findHead(index, found.logits) }
}
