/**
 * How strange a frame is to a network, taken before any prior: what the frames before showed can make a class
 * likely, it cannot make a picture familiar.
 *
 * A network of all classes: its largest logit below the mean of all (the maximum logit, Hendrycks et al.
 * 2022, Scaling Out-of-Distribution Detection for Real-World Settings, made independent of what all logits
 * share). A partition that knows something else: how far that is above the best of its own classes.
 *
 * @param hasElsewhere whether the last output stands for something else
 */
export function strangeness(logits: ArrayLike<number>, hasElsewhere: boolean): number {
  const own = hasElsewhere ? logits.length - 1 : logits.length
  let [largest, sum] = [-Infinity, 0]
  for (let index = 0; index < own; index++) {
    const value = logits[index] ?? 0
    sum += value
    if (value > largest) largest = value
  }
  const found = (hasElsewhere ? (logits[own] ?? 0) : sum / own) - largest
  return Number.isFinite(found) ? found : Infinity
}
