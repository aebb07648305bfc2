import { setFloat16 } from '@petamoriken/float16'
import onnxProto from 'onnx-proto'
import { attribute } from '../attribute.ts'

const { ModelProto, TensorProto } = onnxProto.onnx
const { FLOAT, FLOAT16, INT64 } = TensorProto.DataType
type Node = onnxProto.onnx.INodeProto
type TensorMessage = onnxProto.onnx.ITensorProto

/** Classes of the samples: which channel of a picture is the strongest. */
export const sampleClasses = ['red', 'green', 'blue'] as const
export const sampleFeatures = 4

const node = (opType: string, input: string[], output: string, attributes: Node['attribute'] = []): Node => ({
  opType,
  name: `node_${output}`,
  input,
  output: [output],
  attribute: attributes,
})

/** Weights, as floats or half floats. */
function weights(name: string, dims: number[], values: readonly number[], isHalf = false): TensorMessage {
  const rawData = new Uint8Array(values.length * (isHalf ? 2 : 4))
  const view = new DataView(rawData.buffer)
  for (const [index, value] of values.entries())
    if (isHalf) setFloat16(view, index * 2, value, true)
    else view.setFloat32(index * 4, value, true)
  return { name, dims, dataType: isHalf ? FLOAT16 : FLOAT, rawData }
}

const integers = (name: string, values: readonly number[]): TensorMessage => ({
  name,
  dims: [values.length],
  dataType: INT64,
  rawData: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
})

const value = (
  name: string,
  dims: readonly (number | string)[],
  elemType: number = FLOAT,
): onnxProto.onnx.IValueInfoProto => ({
  name,
  type: {
    tensorType: {
      elemType,
      shape: { dim: dims.map((dim) => (typeof dim === 'string' ? { dimParam: dim } : { dimValue: dim })) },
    },
  },
})

interface Parts {
  readonly nodes: Node[]
  readonly initializers: TensorMessage[]
  readonly input: onnxProto.onnx.IValueInfoProto
  readonly output: onnxProto.onnx.IValueInfoProto[]
  readonly opset: number
  readonly producer: string
  readonly metadata?: Readonly<Record<string, string>>
  /** Older models list weights among the inputs. */
  readonly listsWeights?: boolean
}

export function encodeModel({
  nodes,
  initializers,
  input,
  output,
  opset,
  producer,
  metadata = {},
  listsWeights = false,
}: Parts): Uint8Array {
  return ModelProto.encode({
    irVersion: listsWeights ? 3 : 8,
    opsetImport: [{ domain: '', version: opset }],
    producerName: producer,
    metadataProps: Object.entries(metadata).map(([key, text]) => ({ key, value: text })),
    graph: {
      name: 'classifier',
      node: nodes,
      initializer: initializers,
      input: [
        input,
        ...(listsWeights
          ? initializers.map(({ name, dims, dataType }) =>
              value(name ?? '', (dims ?? []).map(Number), dataType ?? FLOAT),
            )
          : []),
      ],
      output,
    },
  }).finish()
}

/** [features, 3, 1, 1]: one filter for each channel, and one for their sum. */
const filters = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0.3, 0.3, 0.3]
/** [classes, features] */
const head = [4, -2, -2, 0, -2, 4, -2, 0, -2, -2, 4, 0]
const headTurned = [0, 1, 2, 3].flatMap((feature) => [0, 1, 2].map((row) => head[row * 4 + feature] ?? 0))
const headBias = [0.1, 0.2, 0.3]

/** What a body of a convolution, an average and nothing else is made of; gives `pooled`, [batch, 4, 1, 1]. */
const body = (from: string): Node[] => [
  node('Conv', [from, 'filters'], 'conv', [attribute('kernel_shape', [1, 1])]),
  node('Relu', ['conv'], 'relu'),
  node('GlobalAveragePool', ['relu'], 'pooled'),
]
const bodyWeights = (isHalf = false): TensorMessage => weights('filters', [4, 3, 1, 1], filters, isHalf)

/** As PyTorch writes it: channels first, an open batch, Gemm with weights turned, logits. */
export function pytorchModel({ size = 24, isHalf = false, opset = 17 } = {}): Uint8Array {
  const type = isHalf ? FLOAT16 : FLOAT
  return encodeModel({
    nodes: [
      ...body('input'),
      node('Flatten', ['pooled'], 'flat'),
      node('Gemm', ['flat', 'fc.weight', 'fc.bias'], 'output', [attribute('transB', 1)]),
    ],
    initializers: [
      bodyWeights(isHalf),
      weights('fc.weight', [3, 4], head, isHalf),
      weights('fc.bias', [3], headBias, isHalf),
    ],
    input: value('input', ['batch', 3, size, size], type),
    output: [value('output', ['batch', 3], type)],
    opset,
    producer: 'pytorch',
  })
}

/** As tf2onnx writes Keras: channels last, rescaled and turned inside, MatMul and Add, softmax inside. */
export function kerasModel({ size = 24 } = {}): Uint8Array {
  return encodeModel({
    nodes: [
      node('Mul', ['input_1', 'scale'], 'scaled'),
      node('Add', ['scaled', 'offset'], 'rescaled'),
      node('Transpose', ['rescaled'], 'turned', [attribute('perm', [0, 3, 1, 2])]),
      ...body('turned'),
      node('Squeeze', ['pooled', 'axes'], 'squeezed'),
      node('MatMul', ['squeezed', 'dense/kernel'], 'product'),
      node('Add', ['product', 'dense/bias'], 'biased'),
      node('Softmax', ['biased'], 'predictions', [attribute('axis', -1)]),
    ],
    initializers: [
      weights('scale', [], [1 / 127.5]),
      weights('offset', [], [-1]),
      bodyWeights(),
      integers('axes', [2, 3]),
      weights('dense/kernel', [4, 3], headTurned),
      weights('dense/bias', [3], headBias),
    ],
    input: value('input_1', ['unk__20', size, size, 3]),
    output: [value('predictions', ['unk__21', 3])],
    opset: 15,
    producer: 'tf2onnx',
  })
}

/** As Ultralytics writes a classifier: one picture, softmax inside, names of the classes in the metadata. */
export function ultralyticsModel({ size = 24 } = {}): Uint8Array {
  return encodeModel({
    nodes: [
      ...body('images'),
      node('Flatten', ['pooled'], 'flat'),
      node('Gemm', ['flat', 'linear.weight', 'linear.bias'], 'scores', [attribute('transB', 1)]),
      node('Softmax', ['scores'], 'output0', [attribute('axis', 1)]),
    ],
    initializers: [
      bodyWeights(),
      weights('linear.weight', [3, 4], head),
      weights('linear.bias', [3], headBias),
    ],
    input: value('images', [1, 3, size, size]),
    output: [value('output0', [1, 3])],
    opset: 19,
    producer: 'pytorch',
    metadata: { task: 'classify', names: "{0: 'red', 1: 'green', 2: \"blue\"}" },
  })
}

/**
 * As exporters of 2018 wrote it: weights among the inputs, opset 7, one picture, Reshape by a constant node.
 */
export function oldModel({ size = 24 } = {}): Uint8Array {
  return encodeModel({
    nodes: [
      ...body('data'),
      node('Constant', [], 'shape', [
        { name: 'value', type: onnxProto.onnx.AttributeProto.AttributeType.TENSOR, t: integers('', [1, 4]) },
      ]),
      node('Reshape', ['pooled', 'shape'], 'flat'),
      node('Dropout', ['flat'], 'dropped'),
      node('Gemm', ['dropped', 'fc.weight', 'fc.bias'], 'fc', [attribute('transB', 1)]),
      node('Softmax', ['fc'], 'prob'),
    ],
    initializers: [bodyWeights(), weights('fc.weight', [3, 4], head), weights('fc.bias', [3], headBias)],
    input: value('data', [1, 3, size, size]),
    output: [value('prob', [1, 3])],
    opset: 7,
    producer: 'mxnet',
    listsWeights: true,
  })
}

/** A 1x1 convolution as the head, averaged afterwards, and a softmax taken apart into its operators. */
export function convolutionHeadModel({ size = 24 } = {}): Uint8Array {
  return encodeModel({
    nodes: [
      node('Conv', ['input', 'filters'], 'conv', [attribute('kernel_shape', [1, 1])]),
      node('Relu', ['conv'], 'relu'),
      node('Conv', ['relu', 'classifier.weight', 'classifier.bias'], 'scores', [
        attribute('kernel_shape', [1, 1]),
      ]),
      node('GlobalAveragePool', ['scores'], 'averaged'),
      node('Flatten', ['averaged'], 'flat'),
      node('Exp', ['flat'], 'powers'),
      node('ReduceSum', ['powers', 'axes'], 'sum', [attribute('keepdims', 1)]),
      node('Div', ['powers', 'sum'], 'output'),
    ],
    initializers: [
      bodyWeights(),
      weights('classifier.weight', [3, 4, 1, 1], head),
      weights('classifier.bias', [3], headBias),
      integers('axes', [1]),
    ],
    input: value('input', ['batch', 3, size, size]),
    output: [value('output', ['batch', 3])],
    opset: 13,
    producer: 'pytorch',
  })
}

/**
 * Keras' oldest habit: bytes with blue first, less the means of ImageNet. Other scales leave nothing above
 * the bound of its filters.
 */
export function caffeModel({ size = 24 } = {}): Uint8Array {
  return encodeModel({
    nodes: [
      node('Conv', ['input', 'filters', 'bounds'], 'conv', [attribute('kernel_shape', [1, 1])]),
      node('Relu', ['conv'], 'relu'),
      node('GlobalAveragePool', ['relu'], 'pooled'),
      node('Flatten', ['pooled'], 'flat'),
      node('Gemm', ['flat', 'fc.weight', 'fc.bias'], 'output', [attribute('transB', 1)]),
    ],
    initializers: [
      // Blue comes first.
      weights('filters', [4, 3, 1, 1], [0, 0, 1, 0, 1, 0, 1, 0, 0, 0.3, 0.3, 0.3]),
      weights('bounds', [4], [-20, -20, -20, -20]),
      weights(
        'fc.weight',
        [3, 4],
        head.map((weight) => weight / 50),
      ),
      weights('fc.bias', [3], headBias),
    ],
    input: value('input', ['batch', 3, size, size]),
    output: [value('output', ['batch', 3])],
    opset: 12,
    producer: 'keras2onnx',
  })
}

/** The same model with its weights in a file beside it. */
export function withExternalData(
  model: Uint8Array,
  location: string,
): { model: Uint8Array; data: Uint8Array } {
  const message = ModelProto.decode(model)
  const parts: Uint8Array[] = []
  let offset = 0
  for (const tensor of message.graph?.initializer ?? []) {
    const raw = Uint8Array.from(tensor.rawData ?? [])
    tensor.dataLocation = TensorProto.DataLocation.EXTERNAL
    tensor.externalData = [
      { key: 'location', value: location },
      { key: 'offset', value: String(offset) },
      { key: 'length', value: String(raw.length) },
    ]
    // Protocol buffers write what is there: an empty array would be a tensor of its own.
    Object.assign(tensor, { rawData: undefined })
    parts.push(raw)
    offset += raw.length
  }
  return { model: ModelProto.encode(message).finish(), data: Buffer.concat(parts) }
}

/** A change to a sample, for what is to be refused. */
export function changed(model: Uint8Array, change: (graph: onnxProto.onnx.IGraphProto) => void): Uint8Array {
  const message = ModelProto.decode(model)
  if (message.graph !== undefined && message.graph !== null) change(message.graph)
  return ModelProto.encode(message).finish()
}
