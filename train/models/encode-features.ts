import { softmax } from '../../core/gate/entropy.ts'
import { predictVectors } from './predict.ts'
import type { ShippedNetwork } from './ship-network.ts'

/** Codes of images from the full model's features: c(x) = softmax(z̄), one array of [partitions] an image. */
export function encodeFeatures(
  encoder: ShippedNetwork,
  features: Float32Array,
  featureSize: number,
): Float32Array[] {
  const { logits, outputs, count } = predictVectors(encoder, features, featureSize)
  return Array.from({ length: count }, (_, image) =>
    softmax(logits.subarray(image * outputs, (image + 1) * outputs)),
  )
}
