import type onnxProto from 'onnx-proto'

/** A node that gives a value once more, under the name that callers know. */
export const namedValue = (name: string, from: string): onnxProto.onnx.INodeProto => ({
  opType: 'Identity',
  name,
  input: [from],
  output: [name],
})
