import onnxProto from 'onnx-proto'
import type { FoundInput } from './find-input.ts'
import type { FoundOutput } from './find-output.ts'
import type { GraphIndex, GraphNode } from './graph-index.ts'
import { graphNames } from './graph-names.ts'
import { openSession } from './open-session.ts'
import type { OnnxModel } from './read-model.ts'
import type { Runtime } from './runtime.ts'
import { framesValue, inputNodes, otherInputs } from './wrap-classifier.ts'

/** Shapes and cost of one frame, as they were while one ran. */
export interface GraphMeasures {
  readonly logitsShape: readonly number[]
  readonly featuresShape: readonly number[]
  readonly megaMacs: number
  /** Most that one counted layer reads and writes, in bytes. */
  readonly activationBytes: number
}

type Shape = readonly number[]
type ShapeOf = (value: string) => Shape

const elements = (shape: Shape): number => shape.reduce((product, extent) => product * extent, 1)

/** Layers whose multiplications are counted, with the place of their weights. */
const weightsAt: Readonly<Record<string, number>> = {
  Conv: 1,
  FusedConv: 1,
  ConvInteger: 1,
  QLinearConv: 3,
  ConvTranspose: 1,
  Gemm: 1,
  FusedGemm: 1,
  QGemm: 3,
  MatMul: 1,
  FusedMatMul: 1,
  MatMulInteger: 1,
  QLinearMatMul: 3,
}
const counted = ({ opType }: GraphNode): boolean => Object.hasOwn(weightsAt, opType ?? '')

function macsOf(node: GraphNode, shapeOf: ShapeOf): number {
  const opType = node.opType ?? ''
  const [read, weights] = [node.input?.[0] ?? '', node.input?.[weightsAt[opType] ?? 1] ?? ''].map(shapeOf)
  const given = shapeOf(node.output?.[0] ?? '')
  if (read === undefined || weights === undefined) return 0
  // A filter's size; of a dense layer the width of what it reads.
  if (opType === 'ConvTranspose') return (elements(read) * elements(weights)) / (weights[0] ?? 1)
  if (opType.includes('Conv')) return (elements(given) * elements(weights)) / (weights[0] ?? 1)
  if (opType.includes('Gemm')) return elements(read) * (given.at(-1) ?? 0)
  return elements(given) * (read.at(-1) ?? 0)
}

/**
 * Runs one frame and looks at all that the layers give. Throws `config-invalid` where the runtime cannot run
 * the model.
 */
export async function measureGraph(
  runtime: Runtime,
  model: OnnxModel,
  index: GraphIndex,
  input: FoundInput,
  output: FoundOutput,
): Promise<GraphMeasures> {
  const layers = (model.graph.node ?? []).filter(counted)
  const constantShape = (value: string): Shape | undefined => index.constantOf(value)?.dims?.map(Number)
  const wanted = new Set(
    [
      output.logits,
      output.features,
      ...layers.flatMap((node) => [node.input?.[0] ?? '', node.output?.[0] ?? '']),
    ].filter(
      (value) => value !== input.name && index.producerOf(value) !== undefined && !index.isConstant(value),
    ),
  )
  const before = inputNodes(input, 'rgb')
  const session = await openSession(
    runtime,
    onnxProto.onnx.ModelProto.encode({
      ...model.message,
      graph: {
        ...model.graph,
        node: [...before.nodes, ...(model.graph.node ?? [])],
        initializer: [...(model.graph.initializer ?? []), ...before.initializers],
        input: [framesValue(input), ...otherInputs(model, input)],
        // Their types are the runtime's to find.
        output: [...wanted].map((name) => ({ name })),
      },
    }).finish(),
    model.path,
    1,
    'config-invalid',
  )
  try {
    const { size } = input
    const frame = new runtime.Tensor('float32', new Float32Array(size * size * 3), [1, size, size, 3])
    const shapes = new Map<string, Shape>(
      Object.entries(await session.run({ [graphNames.frames]: frame })).map(([name, { dims }]) => [
        name,
        dims,
      ]),
    )
    const picture = input.layout === 'nchw' ? [1, 3, size, size] : [1, size, size, 3]
    const shapeOf: ShapeOf = (value) =>
      shapes.get(value) ?? constantShape(value) ?? (value === input.name ? picture : [])
    const bytesAt = (node: GraphNode): number =>
      4 * (elements(shapeOf(node.input?.[0] ?? '')) + elements(shapeOf(node.output?.[0] ?? '')))
    return {
      logitsShape: shapeOf(output.logits),
      featuresShape: shapeOf(output.features),
      megaMacs: layers.reduce((sum, node) => sum + macsOf(node, shapeOf), 0) / 1e6,
      activationBytes: Math.max(4 * size * size * 3, ...layers.map(bytesAt)),
    }
  } finally {
    await session.release()
  }
}
