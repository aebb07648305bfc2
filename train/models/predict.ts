import * as tf from '@tensorflow/tfjs-core'
import type { ModelInput } from '../../core/bundle/manifest.ts'
import { mirrorRgb } from '../../core/image/mirror.ts'
import { preprocess } from '../../core/image/preprocess.ts'
import { disposeWeights, forward, toTensors } from '../../core/network/forward.ts'
import { splitCount, type Split } from '../data/dataset.ts'
import type { ShippedNetwork } from './ship-network.ts'

const batchSize = 250

export interface Predictions {
  readonly count: number
  /** [count, outputs] */
  readonly logits: Float32Array
  readonly outputs: number
  /** [count, featureSize] */
  readonly features: Float32Array
  readonly featureSize: number
}

/** Logits of one image. */
export const logitsOf = ({ logits, outputs }: Predictions, image: number): Float32Array =>
  logits.subarray(image * outputs, (image + 1) * outputs)

interface Rows {
  readonly count: number
  /** Rows [from, to) as input of the network. */
  slice(from: number, to: number): tf.Tensor
}

function runInBatches(
  network: ShippedNetwork,
  rows: Rows,
  onProgress?: (done: number, of: number) => void,
): Predictions {
  const weights = toTensors(network.weights)
  const parts: { logits: Float32Array; features: Float32Array }[] = []
  try {
    for (let from = 0; from < rows.count; from += batchSize) {
      tf.tidy(() => {
        const { logits, features } = forward(
          network.spec,
          weights,
          rows.slice(from, Math.min(rows.count, from + batchSize)),
        )
        parts.push({
          logits: logits.dataSync<'float32'>().slice(),
          features: features.dataSync<'float32'>().slice(),
        })
      })
      onProgress?.(Math.min(rows.count, from + batchSize), rows.count)
    }
  } finally {
    disposeWeights(weights)
  }
  const join = (field: 'logits' | 'features'): Float32Array => {
    const joined = new Float32Array(parts.reduce((sum, part) => sum + part[field].length, 0))
    let position = 0
    for (const part of parts) {
      joined.set(part[field], position)
      position += part[field].length
    }
    return joined
  }
  const [logits, features] = [join('logits'), join('features')]
  return {
    count: rows.count,
    logits,
    features,
    outputs: logits.length / rows.count,
    featureSize: features.length / rows.count,
  }
}

/** Runs a network, as it ships, on all images of a split, or on their mirror images. */
export function predictImages(
  network: ShippedNetwork,
  split: Split,
  input: ModelInput,
  onProgress?: (done: number, of: number) => void,
  isMirrored = false,
): Predictions {
  const bytes = input.width * input.height * 3
  const slice = (from: number, to: number): tf.Tensor => {
    const values = new Float32Array((to - from) * bytes)
    for (let image = from; image < to; image++) {
      const pixels = split.pixels.subarray(image * bytes, (image + 1) * bytes)
      preprocess(
        isMirrored ? mirrorRgb(pixels, input.width) : pixels,
        input,
        values.subarray((image - from) * bytes, (image - from + 1) * bytes),
      )
    }
    return tf.tensor4d(values, [to - from, input.height, input.width, 3])
  }
  return runInBatches(network, { count: splitCount(split), slice }, onProgress)
}

/** Runs a network on vectors, [count, size] in a row: the encoder on the full model's features. */
export function predictVectors(network: ShippedNetwork, vectors: Float32Array, size: number): Predictions {
  const slice = (from: number, to: number): tf.Tensor =>
    tf.tensor2d(vectors.slice(from * size, to * size), [to - from, size])
  return runInBatches(network, { count: vectors.length / size, slice })
}
