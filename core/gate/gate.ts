import { firstLook, type Look } from './look.ts'
import type { GateSettings } from './settings.ts'

/** What a resident network says of a frame. */
export interface Candidate {
  /** Id of a partition, or `generalist`. */
  readonly network: string
  readonly entropyNats: number
  /** Whether the frame is strange to the network, before any prior: see `strangeness`. */
  readonly isStrange?: boolean | undefined
}

export type GateDecision<Answer extends Candidate> =
  | { readonly kind: 'hit'; readonly answer: Answer }
  /** `best` is the least uncertain of those asked: what is shown while the edge answers, or in its place. */
  | { readonly kind: 'miss'; readonly best: Answer }

export const generalistId = 'generalist'

/** A person who asks for more certainty than was calibrated asks it of the generalist too. */
export const thresholdOf = (
  network: string,
  { thresholdNats, generalistThresholdNats }: GateSettings,
): number => (network === generalistId ? Math.min(thresholdNats, generalistThresholdNats) : thresholdNats)

/** Where the scene decides: the partition that it asks for; none where no partition knows enough of it. */
export interface SceneChoice {
  readonly id: string | undefined
}

/**
 * Whom to ask, in order: resident partitions, then the generalist, and it again where it looks twice. Never
 * empty.
 *
 * @param choice the scene's, in place of recency; a partition that is not resident yet is not asked
 */
export function probeOrder(
  residentByRecency: readonly string[],
  { maxProbes, asksGeneralist, looksTwice = false }: GateSettings,
  choice?: SceneChoice,
): readonly Look[] {
  const partitions =
    choice === undefined
      ? residentByRecency.slice(0, maxProbes)
      : residentByRecency.filter((id) => id === choice.id)
  const looks = partitions.map(firstLook)
  if (!asksGeneralist && partitions.length > 0) return looks
  const again = looksTwice ? [{ network: generalistId, isSecond: true }] : []
  return [...looks, firstLook(generalistId), ...again]
}

/**
 * H(ŷ) ≤ τ, and the frame is not strange to the network: no certainty that a prior gives makes a picture
 * familiar. What is not a number is not certain.
 */
const isCertain = (
  { entropyNats, isStrange = false }: Candidate,
  network: string,
  settings: GateSettings,
): boolean => !isStrange && entropyNats <= thresholdOf(network, settings)

const moreCertain = <Answer extends Candidate>(best: Answer | undefined, answer: Answer): Answer =>
  best === undefined || answer.entropyNats < best.entropyNats ? answer : best

/**
 * The entropy gate: asks networks until one is certain, H(ŷ) ≤ τ; or all of them, and believes the most
 * certain of those that are.
 *
 * @param ask runs a network on the frame. A second look is asked for only after the same network's first
 * @param order not empty; see `probeOrder`
 */
export function passGate<Answer extends Candidate>(
  order: readonly Look[],
  settings: GateSettings,
  ask: (look: Look) => Answer,
): GateDecision<Answer> {
  let best: Answer | undefined
  let certain: Answer | undefined
  for (const look of order) {
    const { network, isSecond } = look
    if (isSecond && certain !== undefined) break
    const answer = ask(look)
    // A second look has the first in it.
    best = isSecond && best?.network === network ? answer : moreCertain(best, answer)
    if (!isCertain(answer, network, settings)) continue
    certain = moreCertain(certain, answer)
    if (settings.order === 'recent-first') break
  }
  if (best === undefined) throw new RangeError('The gate needs at least one network to ask.')
  return certain === undefined ? { kind: 'miss', best } : { kind: 'hit', answer: certain }
}
