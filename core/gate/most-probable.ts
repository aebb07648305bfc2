/**
 * Indices of the most probable classes, the first one first.
 *
 * @param probabilities of each class
 * @param count how many at most
 */
export function mostProbable(probabilities: ArrayLike<number>, count: number): number[] {
  const best: number[] = []
  for (let index = 0; index < probabilities.length; index++) {
    const value = probabilities[index] ?? 0
    // From the end: nearly all classes stay behind the last one that is kept.
    let place = best.length
    while (place > 0 && value > (probabilities[best[place - 1] ?? 0] ?? 0)) place--
    if (place >= count) continue
    best.splice(place, 0, index)
    if (best.length > count) best.pop()
  }
  return best
}
