import onnxProto from 'onnx-proto'
import { CacheNetError } from '../core/wire/errors.ts'
import { tensorsOf } from './tensors-of.ts'

const { ModelProto, TensorProto } = onnxProto.onnx

/**
 * Reads a model that came inside a bundle. Training writes its weights into it; one that names other files
 * could have a runtime read any file of this machine. Throws `engine-failed` for such a one, and for what is
 * no model.
 */
export function requireSelfContained(blob: Uint8Array): onnxProto.onnx.IModelProto {
  let model: onnxProto.onnx.IModelProto
  try {
    model = ModelProto.decode(blob)
  } catch (cause) {
    throw new CacheNetError('engine-failed', 'The full model of this bundle is no ONNX model.', {}, { cause })
  }
  for (const tensor of tensorsOf(model)) {
    if (tensor.dataLocation !== TensorProto.DataLocation.EXTERNAL) continue
    throw new CacheNetError(
      'engine-failed',
      'The full model of this bundle keeps weights in other files, which none that was trained here does. Train the bundle again.',
      { tensor: tensor.name },
    )
  }
  return model
}
