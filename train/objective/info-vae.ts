import * as tf from '@tensorflow/tfjs-core'

const kernelScales = [0.1, 0.2, 0.5, 1, 2, 5, 10]

/** ‖aᵢ − bⱼ‖² for rows of a [n, d] and b [m, d] → [n, m]. */
function squaredDistances(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  const normsA = tf.sum(tf.square(a), 1, true)
  const normsB = tf.reshape(tf.sum(tf.square(b), 1), [1, -1])
  const products = tf.matMul(a, tf.transpose(b))
  return tf.relu(tf.sub(tf.add(normsA, normsB), tf.mul(products, 2)))
}

/**
 * Mean over all pairs of Σ_s C/(C + ‖Δ‖²), C = 2·d·s·σ²: inverse multiquadratics, whose gradient reaches far
 * (Tolstikhin et al. 2018).
 */
function kernelMean(a: tf.Tensor2D, b: tf.Tensor2D, deviation: number): tf.Scalar {
  const dimensions = a.shape[1]
  const distances = squaredDistances(a, b)
  const terms = kernelScales.map((scale) => {
    const constant = 2 * dimensions * scale * deviation ** 2
    return tf.mean<tf.Scalar>(tf.div(constant, tf.add(distances, constant)))
  })
  return tf.div(tf.addN(terms), kernelScales.length)
}

/**
 * MMD²( q(z) ‖ N(0, σ²) ) between a batch of latents and as many samples of the prior (Gretton et al. 2012).
 *
 * @param latents [batch, d]
 * @param prior [samples, d], drawn from N(0, σ²)
 */
export function maximumMeanDiscrepancy(
  latents: tf.Tensor2D,
  prior: tf.Tensor2D,
  deviation: number,
): tf.Scalar {
  const within = tf.add(kernelMean(latents, latents, deviation), kernelMean(prior, prior, deviation))
  return tf.sub(within, tf.mul(kernelMean(latents, prior, deviation), 2))
}

/**
 * −L*, one level of the InfoVAE (Zhao et al. 2019) with α = 1, where the per-sample KL vanishes and the
 * encoder is deterministic: reconstruction error + λ · MMD². The squared error is averaged over
 * values, not summed: λ is measured against that.
 */
export function infoVaeLoss(
  level: {
    readonly input: tf.Tensor2D
    readonly reconstruction: tf.Tensor2D
    readonly latents: tf.Tensor2D
    readonly prior: tf.Tensor2D
  },
  weights: { readonly lambda: number; readonly reconstruction: number },
  priorDeviation: number,
): tf.Scalar {
  const { input, reconstruction, latents, prior } = level
  const error = tf.mean<tf.Scalar>(tf.squaredDifference(input, reconstruction))
  const mismatch = maximumMeanDiscrepancy(latents, prior, priorDeviation)
  return tf.add(tf.mul(error, weights.reconstruction), tf.mul(mismatch, weights.lambda))
}
