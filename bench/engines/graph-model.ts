import * as tf from '@tensorflow/tfjs'
import type { NamedTensor } from '../../core/bundle/weights.ts'
import type { NetworkSpec } from '../../core/network/spec.ts'
import type { BranchLayer, Layer } from '../../core/network/layer.ts'

/**
 * What a GraphDef says of a node, as far as these networks need it; strings are in base64, as the converter
 * writes them.
 */
type Attribute =
  | { readonly type: 'DT_FLOAT' | 'DT_INT32' }
  | { readonly s: string }
  | { readonly i: string }
  | { readonly b: boolean }
  | { readonly list: { readonly s: readonly string[] } | { readonly i: readonly string[] } }
  | { readonly shape: { readonly dim: readonly { readonly size: string }[] } }

interface GraphNode {
  readonly name: string
  readonly op: string
  readonly input: readonly string[]
  readonly attr: Readonly<Record<string, Attribute>>
}

const float: Attribute = { type: 'DT_FLOAT' }
const channelsLast: Attribute = { s: btoa('NHWC') }
const extents = (height: number, width: number): Attribute => ({
  list: { i: ['1', String(height), String(width), '1'] },
})
const paddingOf = (padding: 'same' | 'valid'): Attribute => ({ s: btoa(padding.toUpperCase()) })
const fusedWith = (activation: 'linear' | 'relu'): Record<string, Attribute> => ({
  fused_ops: { list: { s: ['BiasAdd', ...(activation === 'relu' ? ['Relu'] : [])].map((op) => btoa(op)) } },
  num_args: { i: '1' },
})

/** TensorFlow's depthwise kernels are [height, width, channels, 1]. */
const shapeInGraph = ({ shape }: NamedTensor): readonly number[] =>
  shape.length === 3 ? [...shape, 1] : shape

const imageAxes: NamedTensor = { name: 'image-axes', shape: [2], values: Float32Array.of(1, 2) }

/**
 * Writes nodes in the order in which they run; each method returns the name of the node whose output the next
 * one reads.
 */
class GraphWriter {
  readonly nodes: GraphNode[] = []

  add(name: string, op: string, input: readonly string[], attr: GraphNode['attr'] = {}): string {
    this.nodes.push({ name, op, input, attr: { T: float, ...attr } })
    return name
  }

  layer(layer: Layer, x: string): string {
    switch (layer.kind) {
      case 'conv':
      case 'depthwise':
        return this.#conv(layer, x)
      case 'maxPool':
        return this.add(`pool-${this.nodes.length}`, 'MaxPool', [x], {
          ksize: extents(layer.poolSize, layer.poolSize),
          strides: extents(layer.stride, layer.stride),
          padding: paddingOf('valid'),
          data_format: channelsLast,
        })
      case 'globalPool':
        return this.add(
          `global-pool-${this.nodes.length}`,
          layer.mode === 'max' ? 'Max' : 'Mean',
          [x, imageAxes.name],
          { Tidx: { type: 'DT_INT32' }, keep_dims: { b: false } },
        )
      case 'dense':
        return this.add(layer.name, '_FusedMatMul', [x, `${layer.name}/kernel`, `${layer.name}/bias`], {
          transpose_a: { b: false },
          transpose_b: { b: false },
          ...fusedWith(layer.activation),
        })
      case 'residual':
        return this.add(`sum-${this.nodes.length}`, 'AddV2', [
          x,
          layer.layers.reduce((inner, step) => this.#conv(step, inner), x),
        ])
      default:
        return layer satisfies never
    }
  }

  #conv(layer: BranchLayer, x: string): string {
    const { name, stride, activation } = layer
    const [operation, padding] =
      layer.kind === 'conv'
        ? (['_FusedConv2D', layer.padding] as const)
        : (['FusedDepthwiseConv2dNative', 'same'] as const)
    return this.add(name, operation, [x, `${name}/kernel`, `${name}/bias`], {
      strides: extents(stride, stride),
      dilations: extents(1, 1),
      padding: paddingOf(padding),
      data_format: channelsLast,
      ...fusedWith(activation),
    })
  }
}

/**
 * A network as tfjs's converter hands it over: a frozen graph, in which bias and activation are part of the
 * convolution or product before them.
 */
export async function graphModel(spec: NetworkSpec, weights: readonly NamedTensor[]): Promise<tf.GraphModel> {
  const graph = new GraphWriter()
  const constants = [
    ...weights.map((tensor) => ({ ...tensor, shape: shapeInGraph(tensor), dtype: 'float32' as const })),
    { ...imageAxes, dtype: 'int32' as const },
  ]
  for (const { name, dtype } of constants)
    graph.nodes.push({
      name,
      op: 'Const',
      input: [],
      attr: { dtype: dtype === 'int32' ? { type: 'DT_INT32' } : float },
    })
  const inputs = graph.add('frames', 'Placeholder', [], {
    dtype: float,
    shape: { shape: { dim: [-1, ...spec.inputShape].map((size) => ({ size: String(size) })) } },
  })
  const output = spec.layers.reduce((x, layer) => graph.layer(layer, x), inputs)
  graph.add('logits', 'Identity', [output])
  return tf.loadGraphModel(
    tf.io.fromMemory({
      modelTopology: { node: graph.nodes, versions: { producer: 1 } },
      weightSpecs: constants.map(({ name, shape, dtype }) => ({ name, shape: [...shape], dtype })),
      weightData: await new Blob(
        constants.map(({ values, dtype }) =>
          dtype === 'int32' ? Int32Array.from(values) : new Float32Array(values),
        ),
      ).arrayBuffer(),
    }),
  )
}
