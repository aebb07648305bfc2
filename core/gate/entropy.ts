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

/** Predictive entropy H = −Σ p ln p, in nats: 0 when certain, ln C when the C classes are equally likely. */
export function predictiveEntropy(probabilities: ArrayLike<number>): number {
  let entropy = 0
  for (let index = 0; index < probabilities.length; index++) {
    const p = probabilities[index] ?? 0
    if (p > 0) entropy -= p * Math.log(p)
  }
  return Math.max(0, entropy)
}

/** Index of the largest value; the first of them where several are equal. */
export function argMax(values: ArrayLike<number>): number {
  let best = 0
  for (let index = 1; index < values.length; index++) {
    if ((values[index] ?? -Infinity) > (values[best] ?? -Infinity)) best = index
  }
  return best
}
