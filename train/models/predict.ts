import * as tf from '@tensorflow/tfjs-core'
import type { ModelInput } from '../../core/bundle/model-input.ts'
import { joinFloats } from '../../core/join-floats.ts'
import { mirrorRgb } from '../../core/image/mirror.ts'
import { preprocess } from '../../core/image/preprocess.ts'
import { disposeWeights, forward, toTensors } from '../../core/network/forward.ts'
import { selectImages, splitCount, type Split } from '../data/dataset.ts'
import { isFullGraph, type FullGraph } from '../full/full-graph.ts'
import type { Predictions } from './predictions.ts'
import type { ShippedNetwork } from './ship-network.ts'

const batchSize = 250

export { logitsOf, type Predictions } from './predictions.ts'

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
  const logits = joinFloats(parts.map((part) => part.logits))
  const features = joinFloats(parts.map((part) => part.features))
  return {
    count: rows.count,
    logits,
    features,
    outputs: logits.length / rows.count,
    featureSize: features.length / rows.count,
  }
}

/**
 * Runs a network, as it ships, on all images of a split, or on their mirror images. A full model that
 * somebody brought has been asked before.
 */
export function predictImages(
  network: ShippedNetwork | FullGraph,
  split: Split,
  input: ModelInput,
  onProgress?: (done: number, of: number) => void,
  isMirrored = false,
): Predictions {
  if (isFullGraph(network)) return network.predictionsOf(split, isMirrored)
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

/** The same of some images of a split, in the order in which they are named. */
export function predictSome(
  network: ShippedNetwork | FullGraph,
  split: Split,
  images: readonly number[],
  input: ModelInput,
): Predictions {
  if (!isFullGraph(network)) return predictImages(network, selectImages(split, images, input.width), input)
  const { logits, outputs, features, featureSize } = network.predictionsOf(split, false)
  return {
    count: images.length,
    logits: gatherRows(logits, outputs, images),
    outputs,
    features: gatherRows(features, featureSize, images),
    featureSize,
  }
}

/** Rows of a [count, columns] array, in the order of `rows`. */
function gatherRows(values: Float32Array, columns: number, rows: readonly number[]): Float32Array {
  const gathered = new Float32Array(rows.length * columns)
  for (const [at, row] of rows.entries())
    gathered.set(values.subarray(row * columns, (row + 1) * columns), at * columns)
  return gathered
}

/** Runs a network on vectors, [count, size] in a row: the encoder on the full model's features. */
export function predictVectors(network: ShippedNetwork, vectors: Float32Array, size: number): Predictions {
  const slice = (from: number, to: number): tf.Tensor =>
    tf.tensor2d(vectors.slice(from * size, to * size), [to - from, size])
  return runInBatches(network, { count: vectors.length / size, slice })
}
