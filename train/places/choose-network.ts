import type { ModelInput } from '../../core/bundle/model-input.ts'
import type { PartitionHead } from '../../core/bundle/partition-head.ts'
import type { Light } from '../../core/light/light.ts'
import type { Judgement } from '../../core/places/learn-result.ts'
import type { Split } from '../data/dataset.ts'
import type { Predictions } from '../models/predict.ts'
import type { ShippedNetwork } from '../models/ship-network.ts'
import type { JudgedNetwork } from './judge-place.ts'
import { looksOf } from './light-of-place.ts'
import type { PlaceFrames } from './place-frames.ts'
import { betterOf, costOf, settleNetwork, type Settled } from './settle-network.ts'

/** Where what the bundle has costs no more than this in the place's light, nothing is trained. */
const enoughCost = 0.2

/** A network for a place, settled. */
export type Candidate = Settled & { readonly shipped: ShippedNetwork }

export interface Choice {
  readonly input: ModelInput
  readonly head: PartitionHead
  readonly light: Light | undefined
  /** Frames of the place as they came. */
  readonly kept: Split
  /** The same with the full model's word on each, in the place's light where it has one. */
  readonly frames: PlaceFrames
  /** Pictures that show nothing. */
  readonly strangers: Split
  /** Positions of the frames to choose by: none that was learned from. */
  readonly of: readonly number[]
  /** What the bundle has with the same head, as it was calibrated. */
  readonly has: { readonly network: ShippedNetwork; readonly judged: JudgedNetwork } | undefined
  readonly judge: (network: JudgedNetwork) => Judgement
  readonly train: () => Promise<readonly ShippedNetwork[]>
}

/**
 * The network of a place that costs least. In the place's light, what the bundle has may be all that it
 * takes: its weights, its temperature and its bound are of far more frames than a place has, so that training
 * has to bring much.
 *
 * @throws what training throws
 */
export async function chooseNetwork(choice: Choice): Promise<Candidate> {
  const { input, head, light, kept, frames, strangers, of, has, judge, train } = choice
  const looks = (shipped: ShippedNetwork, pictures: Split): Predictions =>
    looksOf(shipped, input, pictures, light)
  const asItIs = ((): Candidate | undefined => {
    if (has === undefined || light === undefined) return undefined
    const network = { ...has.judged, head, predictions: looks(has.network, kept) }
    return { shipped: has.network, network, judgement: judge(network) }
  })()
  if (asItIs !== undefined && costOf(asItIs.judgement) <= enoughCost) return asItIs
  const trained = (await train()).map((shipped): Candidate => ({
    shipped,
    ...settleNetwork(
      {
        head,
        predictions: looks(shipped, kept),
        strangers: looks(shipped, strangers),
        labels: frames.images.labels,
        of,
      },
      judge,
    ),
  }))
  return [...(asItIs === undefined ? [] : [asItIs]), ...trained].reduce((one, other) => betterOf(one, other))
}
