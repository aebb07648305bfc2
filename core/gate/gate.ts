/** What a resident network says of a frame. */
export interface Candidate {
  /** Id of a partition, or `generalist`. */
  readonly network: string
  readonly entropyNats: number
}

export interface GateSettings {
  /** τ of the partitions. */
  readonly thresholdNats: number
  /** τ of the generalist, which knows no region that it could be certain to have left: usually far stricter. */
  readonly generalistThresholdNats: number
  /** How many resident partitions are asked, most recent first, before a frame counts as a miss. */
  readonly maxProbes: number
}

export type GateDecision<Answer extends Candidate> =
  | { readonly kind: 'hit'; readonly answer: Answer }
  /** `best` is the least uncertain of those asked: what is shown while the edge answers, or in its place. */
  | { readonly kind: 'miss'; readonly best: Answer }

export const generalistId = 'generalist'

/** A person who asks for more certainty than was calibrated asks it of the generalist too. */
export const thresholdOf = (network: string, { thresholdNats, generalistThresholdNats }: GateSettings): number =>
  network === generalistId ? Math.min(thresholdNats, generalistThresholdNats) : thresholdNats

/** Whom to ask, in order: resident partitions by recency; the generalist while no partition is resident. */
export function probeOrder(residentByRecency: readonly string[], settings: GateSettings): readonly string[] {
  return residentByRecency.length === 0 ? [generalistId] : residentByRecency.slice(0, settings.maxProbes)
}

/**
 * The entropy gate: asks one network after the other until one is certain, H(ŷ) ≤ τ.
 *
 * @param ask runs a network on the frame
 * @param order not empty; see `probeOrder`
 */
export function passGate<Answer extends Candidate>(
  order: readonly string[],
  settings: GateSettings,
  ask: (network: string) => Answer,
): GateDecision<Answer> {
  let best: Answer | undefined
  for (const network of order) {
    const answer = ask(network)
    if (answer.entropyNats <= thresholdOf(network, settings)) return { kind: 'hit', answer }
    if (best === undefined || answer.entropyNats < best.entropyNats) best = answer
  }
  if (best === undefined) throw new RangeError('The gate needs at least one network to ask.')
  return { kind: 'miss', best }
}
