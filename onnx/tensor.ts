import onnxProto from 'onnx-proto'

type Tensor = onnxProto.onnx.ITensorProto

/** Weights as a constant of a graph: float32, little endian as every machine that Node runs on. */
export function tensor(name: string, shape: readonly number[], values: Float32Array): Tensor {
  const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  return { name, dims: [...shape], dataType: onnxProto.onnx.TensorProto.DataType.FLOAT, rawData }
}

/** A depthwise kernel of a blob, [height, width, channels], as [channels, 1, height, width]. */
export function depthwiseKernelToOnnx({
  shape,
  values,
}: {
  readonly shape: readonly number[]
  readonly values: Float32Array
}): { shape: number[]; values: Float32Array } {
  const [height = 0, width = 0, channels = 0] = shape
  const alone = kernelToOnnx({ shape: [height, width, 1, channels], values })
  return { shape: [channels, 1, height, width], values: alone.values }
}

/** A convolution's kernel, [height, width, in, out] in a blob, as ONNX wants it: [out, in, height, width]. */
export function kernelToOnnx({
  shape,
  values,
}: {
  readonly shape: readonly number[]
  readonly values: Float32Array
}): { shape: number[]; values: Float32Array } {
  const [height = 0, width = 0, inputs = 0, outputs = 0] = shape
  const turned = new Float32Array(values.length)
  const positions = height * width
  for (let position = 0; position < positions; position++) {
    for (let input = 0; input < inputs; input++) {
      const from = (position * inputs + input) * outputs
      for (let output = 0; output < outputs; output++)
        turned[(output * inputs + input) * positions + position] = values[from + output] ?? 0
    }
  }
  return { shape: [outputs, inputs, height, width], values: turned }
}
