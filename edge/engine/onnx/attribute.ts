import onnxProto from 'onnx-proto'

/** A list of whole numbers as an attribute of an operator. */
export const attribute = (name: string, ints: number[]): onnxProto.onnx.IAttributeProto => ({
  name,
  ints,
  type: onnxProto.onnx.AttributeProto.AttributeType.INTS,
})
