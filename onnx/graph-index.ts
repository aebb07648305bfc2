import type onnxProto from 'onnx-proto'
import { refuseModel } from './read-model.ts'

type Graph = onnxProto.onnx.IGraphProto
export type GraphNode = onnxProto.onnx.INodeProto
type TensorMessage = onnxProto.onnx.ITensorProto

/** Nodes by what they give and read, and which values are constants. */
export interface GraphIndex {
  /** The node that gives a value; undefined for inputs and weights. */
  producerOf(value: string): GraphNode | undefined
  /** The nodes that read a value, in the order of the graph. */
  consumersOf(value: string): readonly GraphNode[]
  /** Whether a value is the same whatever picture comes in. */
  isConstant(value: string): boolean
  /** The tensor behind a constant that is one, or a cast or a copy of one. */
  constantOf(value: string): TensorMessage | undefined
}

/** What only copies a constant, or says it in another type. */
const passesOn: ReadonlySet<string> = new Set(['Identity', 'Cast', 'DequantizeLinear', 'Dropout'])

export const inputsOf = (node: GraphNode): string[] => (node.input ?? []).filter((name) => name !== '')

/** A node as people find it again: its operator, and its name or what it gives. */
export const nodeLabel = ({ opType, name, output }: GraphNode): string =>
  `${name === undefined || name === null || name === '' ? (output?.[0] ?? '?') : name} (${opType ?? '?'})`

export const integersOf = (node: GraphNode, name: string): number[] | undefined =>
  node.attribute?.find((one) => one.name === name)?.ints?.map(Number)

export function createGraphIndex(graph: Graph): GraphIndex {
  const producers = new Map<string, GraphNode>()
  const consumers = new Map<string, GraphNode[]>()
  const weights = new Map((graph.initializer ?? []).map((tensor) => [tensor.name ?? '', tensor]))
  const constants = new Set(weights.keys())
  // Nodes come in an order in which each reads what is there already: the format says so.
  for (const node of graph.node ?? []) {
    const inputs = inputsOf(node)
    for (const input of inputs) consumers.set(input, [...(consumers.get(input) ?? []), node])
    const isConstant = inputs.every((input) => constants.has(input))
    for (const output of node.output ?? []) {
      producers.set(output, node)
      if (isConstant) constants.add(output)
    }
  }
  const constantOf = (value: string): TensorMessage | undefined => {
    const own = weights.get(value)
    if (own !== undefined) return own
    const node = producers.get(value)
    if (node === undefined || !constants.has(value)) return undefined
    if (node.opType === 'Constant')
      return node.attribute?.find(({ name }) => name === 'value')?.t ?? undefined
    return passesOn.has(node.opType ?? '') ? constantOf(node.input?.[0] ?? '') : undefined
  }
  return {
    producerOf: (value) => producers.get(value),
    consumersOf: (value) => consumers.get(value) ?? [],
    isConstant: (value) => constants.has(value),
    constantOf,
  }
}

/** Inputs of a graph that are no weights: older models list those among their inputs too. */
export function pictureInputsOf(graph: Graph): onnxProto.onnx.IValueInfoProto[] {
  const weights = new Set((graph.initializer ?? []).map(({ name }) => name))
  return (graph.input ?? []).filter(({ name }) => !weights.has(name))
}

/** Operators of the format itself, and those that ONNX Runtime adds. */
const knownDomains: ReadonlySet<string> = new Set(['', 'ai.onnx', 'ai.onnx.ml', 'com.microsoft'])

/** Throws `config-invalid` for the first node of a domain that no runtime here knows, by its name. */
export function requireKnownDomains(graph: Graph, functions: ReadonlySet<string>): void {
  const found = (graph.node ?? []).find(
    ({ domain, opType }) =>
      !knownDomains.has(domain ?? '') && !functions.has(`${domain ?? ''}:${opType ?? ''}`),
  )
  if (found === undefined) return
  throw refuseModel(
    `The node ${nodeLabel(found)} is an operator of "${found.domain ?? ''}", which ONNX Runtime does not know. Export the model without it.`,
    { node: nodeLabel(found) },
  )
}
