import onnxProto from 'onnx-proto'
import { attribute } from './attribute.ts'
import { tensor } from './tensor.ts'

type Node = onnxProto.onnx.INodeProto
type Initializer = onnxProto.onnx.ITensorProto

/** Collects the nodes and constants of a graph, and names what they give. */
export interface GraphBuilder {
  readonly nodes: readonly Node[]
  readonly initializers: readonly Initializer[]
  /** Adds an operator and returns the name of what it gives. */
  add(opType: string, inputs: readonly string[], attributes?: Node['attribute']): string
  /** Adds a constant, once for each name, and returns its name in the graph. */
  floats(name: string, shape: readonly number[], values: () => Float32Array): string
  /** As `floats`, of whole numbers: shapes and places. */
  integers(values: readonly number[]): string
  reshape(value: string, shape: readonly number[]): string
  transpose(value: string, perm: number[]): string
  /** A value in as many slices of length one along its first axis. */
  split(value: string, count: number): string[]
}

/** @param prefix keeps the names of two networks in one graph apart */
export function createGraphBuilder(prefix: string): GraphBuilder {
  const nodes: Node[] = []
  const initializers = new Map<string, Initializer>()
  let counter = 0

  const keep = (name: string, make: () => Initializer): string => {
    if (!initializers.has(name)) initializers.set(name, make())
    return name
  }
  const builder: GraphBuilder = {
    nodes,
    get initializers() {
      return [...initializers.values()]
    },
    add(opType, inputs, attributes = []) {
      const output = `${prefix}/${counter++}/${opType}`
      nodes.push({ opType, name: output, input: [...inputs], output: [output], attribute: attributes })
      return output
    },
    floats: (name, shape, values) =>
      keep(`${prefix}/${name}`, () => tensor(`${prefix}/${name}`, shape, values())),
    integers(values) {
      const name = `${prefix}/integers/${values.join()}`
      const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer)
      return keep(name, () => ({
        name,
        dims: [values.length],
        dataType: onnxProto.onnx.TensorProto.DataType.INT64,
        rawData,
      }))
    },
    reshape: (value, shape) => builder.add('Reshape', [value, builder.integers(shape)]),
    transpose: (value, perm) => builder.add('Transpose', [value], [attribute('perm', perm)]),
    split(value, count) {
      const name = `${prefix}/${counter++}/Split`
      const output = Array.from({ length: count }, (_, index) => `${name}/${index}`)
      nodes.push({ opType: 'Split', name, input: [value], output, attribute: [attribute('axis', 0)] })
      return output
    },
  }
  return builder
}
