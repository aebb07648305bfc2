import * as tf from '@tensorflow/tfjs'
import type { NamedTensor } from '../../core/bundle/weights.ts'
import type { NetworkSpec } from '../../core/network/spec.ts'
import type { Layer } from '../../core/network/layer.ts'

/** A network as people would build it with tfjs's layers. */
export function layersModel(spec: NetworkSpec, weights: readonly NamedTensor[]): tf.LayersModel {
  const apply = (layer: Layer, x: tf.SymbolicTensor): tf.SymbolicTensor => {
    switch (layer.kind) {
      case 'conv': {
        const { name, filters, kernelSize, stride: strides, padding, activation } = layer
        return tf.layers
          .conv2d({ name, filters, kernelSize, strides, padding, activation })
          .apply(x) as tf.SymbolicTensor
      }
      case 'depthwise': {
        const { name, stride: strides, activation } = layer
        return tf.layers
          .depthwiseConv2d({ name, kernelSize: 3, strides, padding: 'same', activation })
          .apply(x) as tf.SymbolicTensor
      }
      case 'maxPool':
        return tf.layers
          .maxPooling2d({ poolSize: layer.poolSize, strides: layer.stride, padding: 'valid' })
          .apply(x) as tf.SymbolicTensor
      case 'globalPool':
        return (
          layer.mode === 'max'
            ? tf.layers.globalMaxPooling2d({ dataFormat: 'channelsLast' })
            : tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' })
        ).apply(x) as tf.SymbolicTensor
      case 'dense':
        return tf.layers
          .dense({ name: layer.name, units: layer.units, activation: layer.activation })
          .apply(x) as tf.SymbolicTensor
      case 'residual':
        return tf.layers
          .add()
          .apply([x, layer.layers.reduce((inner, step) => apply(step, inner), x)]) as tf.SymbolicTensor
      default:
        return layer satisfies never
    }
  }
  const inputs = tf.input({ shape: [...spec.inputShape] })
  const outputs = spec.layers.reduce((x, layer) => apply(layer, x), inputs)
  const model = tf.model({ inputs, outputs })
  const byName = new Map(weights.map((tensor) => [tensor.name, tensor]))
  for (const layer of model.layers) {
    const own = ['kernel', 'bias'].flatMap((part) => byName.get(`${layer.name}/${part}`) ?? [])
    if (own.length > 0) {
      // Depthwise kernels are [height, width, channels, 1] there.
      const shapes = own.map(({ shape }) => (shape.length === 3 ? [...shape, 1] : [...shape]))
      layer.setWeights(own.map(({ values }, index) => tf.tensor(values, shapes[index])))
    }
  }
  return model
}
