import onnxProto from 'onnx-proto'

/**
 * A float32 input or output of a graph.
 *
 * @param batch how many frames it takes; any number where left out
 */
export function floatValue(
  name: string,
  shape: readonly number[],
  batch?: number,
): onnxProto.onnx.IValueInfoProto {
  const first = batch === undefined ? { dimParam: 'batch' } : { dimValue: batch }
  const dim = [first, ...shape.map((dimValue) => ({ dimValue }))]
  return {
    name,
    type: { tensorType: { elemType: onnxProto.onnx.TensorProto.DataType.FLOAT, shape: { dim } } },
  }
}
