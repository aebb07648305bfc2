/** Softmax of logits / temperature, computed so that large logits do not overflow. Sums to 1. */
export function softmax(logits: ArrayLike<number>, temperature = 1): Float32Array<ArrayBuffer> {
  const result = new Float32Array(logits.length)
  let largest = -Infinity
  for (let index = 0; index < logits.length; index++) largest = Math.max(largest, logits[index] ?? 0)
  let sum = 0
  for (let index = 0; index < logits.length; index++) {
    const value = Math.exp(((logits[index] ?? 0) - largest) / temperature)
    result[index] = value
    sum += value
  }
  for (let index = 0; index < result.length; index++) result[index] = (result[index] ?? 0) / sum
  return result
}

/**
 * Predictive entropy H = −Σ p ln p, in nats: 0 when certain, ln C when the C classes are equally likely.
 * Infinity where the probabilities are none: a network that computed NaN knows nothing, and no threshold may
 * take that for certainty.
 */
export function predictiveEntropy(probabilities: ArrayLike<number>): number {
  let [entropy, sum] = [0, 0]
  for (let index = 0; index < probabilities.length; index++) {
    const p = probabilities[index] ?? 0
    sum += p
    if (p > 0) entropy -= p * Math.log(p)
  }
  return sum > 0 && sum < Infinity ? Math.max(0, entropy) : Infinity
}

/**
 * Index of the largest value; the first of them where several are equal. NaN is no value: 0 where there is
 * no other.
 */
export function argMax(values: ArrayLike<number>): number {
  let best = 0
  for (let index = 1; index < values.length; index++) {
    const [value, largest] = [values[index] ?? NaN, values[best] ?? NaN]
    if (value > largest || (Number.isNaN(largest) && !Number.isNaN(value))) best = index
  }
  return best
}
