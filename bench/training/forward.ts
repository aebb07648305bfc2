import * as tf from '@tensorflow/tfjs-core'
import { stockKernel } from '../../train/kernels/register.ts'
import type { PlainArchitecture } from '../../train/models/architecture.ts'
import { trainedConvolutions } from './networks.ts'

/**
 * The forward convolutions of a network by the backend's own kernel (XNNPACK), whatever training uses in its
 * place.
 */
export function prepareStockForward(architecture: PlainArchitecture, batch: number): () => void {
  const conv2d = stockKernel(tf.Conv2D)
  const layers = trainedConvolutions(architecture).map(({ extent, inputs, outputs }) => ({
    x: tf.randomNormal([batch, extent, extent, inputs]),
    filter: tf.randomNormal([3, 3, inputs, outputs]),
  }))
  const attributes = { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: 1 }
  return () => {
    const { backend } = tf.engine()
    for (const inputs of layers) {
      const y = conv2d({ inputs, backend, attrs: attributes }) as tf.TensorInfo
      backend.disposeData(y.dataId)
    }
  }
}
