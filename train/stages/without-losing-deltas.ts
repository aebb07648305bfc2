import type { TrainedNetworks } from '../models/trained-networks.ts'
import type { Evaluation } from './6-evaluate.ts'
import type { StreamMetrics } from './stream-metrics.ts'

const lossOf = ({ edgeSceneAccuracy, accuracy }: StreamMetrics): number => edgeSceneAccuracy - accuracy

/**
 * Whether deltas in the wholes' place lose the accuracy line on a stream where the wholes keep it. A phone
 * asks a delta by the whole's threshold until the whole is there.
 *
 * @param tolerance share of the frames that may be lost against *Edge + scene*
 */
export const losesByDeltas = (
  { streams, delta }: Pick<Evaluation, 'streams' | 'delta'>,
  tolerance: number,
): boolean =>
  Object.entries(delta?.streams ?? {}).some(([name, asDeltas]) => {
    const asWholes = streams[name]
    return asWholes !== undefined && lossOf(asWholes) <= tolerance && lossOf(asDeltas) > tolerance
  })

/** The networks as they ship: without deltas where those lose the line on the validation images. */
export const withoutLosingDeltas = (
  networks: TrainedNetworks,
  validation: Pick<Evaluation, 'streams' | 'delta'>,
  tolerance: number,
): TrainedNetworks =>
  losesByDeltas(validation, tolerance)
    ? {
        ...networks,
        partitions: networks.partitions.map((partition) => ({ ...partition, delta: undefined })),
      }
    : networks
