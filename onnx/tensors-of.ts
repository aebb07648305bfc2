import type onnxProto from 'onnx-proto'

type TensorMessage = onnxProto.onnx.ITensorProto

/** Tensors of nodes, and of the graphs inside them. */
function* ofNodes(nodes: readonly onnxProto.onnx.INodeProto[]): Generator<TensorMessage> {
  for (const { attribute } of nodes) {
    for (const { t, tensors, g, graphs } of attribute ?? []) {
      if (t !== null && t !== undefined) yield t
      yield* tensors ?? []
      for (const inner of [...(g === null || g === undefined ? [] : [g]), ...(graphs ?? [])])
        yield* ofGraph(inner)
    }
  }
}

function* ofGraph(graph: onnxProto.onnx.IGraphProto): Generator<TensorMessage> {
  yield* graph.initializer ?? []
  for (const { values, indices } of graph.sparseInitializer ?? []) {
    if (values !== null && values !== undefined) yield values
    if (indices !== null && indices !== undefined) yield indices
  }
  yield* ofNodes(graph.node ?? [])
}

/** Every tensor that a model carries along: of its graph, of graphs inside it, of its functions. */
export function* tensorsOf({ graph, functions }: onnxProto.onnx.IModelProto): Generator<TensorMessage> {
  if (graph !== null && graph !== undefined) yield* ofGraph(graph)
  for (const { node } of functions ?? []) yield* ofNodes(node ?? [])
}
