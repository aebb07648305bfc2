import type { GraphSpec } from '../../core/bundle/full-network.ts'
import type { Split } from '../data/dataset.ts'
import type { Predictions } from '../models/predictions.ts'

/**
 * A full model that somebody brought. It runs by itself, between the turns of this program, and the stages
 * compute in one go: so it is asked about every image beforehand (`askFullGraph`), and stages look up what it
 * said.
 */
export interface FullGraph {
  readonly spec: GraphSpec
  /** The ONNX file as it ships. */
  readonly blob: Uint8Array
  /** Its licence, as a text file. */
  readonly licence?: Uint8Array | undefined
  /** What it said of all images of a split. Throws `RangeError` where it has not been asked. */
  predictionsOf(split: Split, isMirrored: boolean): Predictions
  /** Notes what it says of a split. */
  keep(split: Split, isMirrored: boolean, predictions: Predictions): void
  /** Whether it has been asked. */
  knows(split: Split, isMirrored: boolean): boolean
}

export const isFullGraph = (network: object): network is FullGraph => 'predictionsOf' in network

export function createFullGraph(given: Pick<FullGraph, 'spec' | 'blob' | 'licence'>): FullGraph {
  const said = { plain: new WeakMap<Split, Predictions>(), mirrored: new WeakMap<Split, Predictions>() }
  const of = (isMirrored: boolean): WeakMap<Split, Predictions> => said[isMirrored ? 'mirrored' : 'plain']
  return {
    ...given,
    predictionsOf(split, isMirrored) {
      const found = of(isMirrored).get(split)
      if (found === undefined) throw new RangeError('The full model has not been asked about these images.')
      return found
    },
    keep: (split, isMirrored, predictions) => void of(isMirrored).set(split, predictions),
    knows: (split, isMirrored) => of(isMirrored).has(split),
  }
}
