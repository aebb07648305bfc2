import onnxProto from 'onnx-proto'

/** A whole number, or a list of them, as an attribute of an operator. */
export function attribute(name: string, value: number | number[]): onnxProto.onnx.IAttributeProto {
  const { INT, INTS } = onnxProto.onnx.AttributeProto.AttributeType
  return typeof value === 'number' ? { name, i: value, type: INT } : { name, ints: value, type: INTS }
}
