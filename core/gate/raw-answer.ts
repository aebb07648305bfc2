/**
 * What a network said before the scene had a say: the inverse of `applyFactors`, up to its scale. Sums to 1;
 * without factors, the probabilities as they are.
 */
export function rawAnswer(
  answered: ArrayLike<number>,
  factors: ArrayLike<number> | undefined,
): ArrayLike<number> {
  if (factors === undefined) return answered
  const raw = Float64Array.from(
    { length: answered.length },
    (_, index) => (answered[index] ?? 0) / (factors[index] ?? 1),
  )
  const sum = raw.reduce((total, value) => total + value, 0)
  return raw.map((value) => value / sum)
}
