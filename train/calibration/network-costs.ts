import { planNetwork } from '../../core/network/plan.ts'
import type { TrainingConfig } from '../config/schema.ts'
import type { Dataset } from '../data/dataset.ts'
import { inferenceSpec } from '../models/fold.ts'
import { partitionSize, sizedArchitecture, type NetworkSize } from '../models/sized-architecture.ts'
import type { Costs } from './expected-time.ts'

/** Multiply-accumulates of the networks that a config describes, before any is trained. */
export function networkCosts({
  config,
  dataset,
}: {
  readonly config: TrainingConfig
  readonly dataset: Pick<Dataset, 'size' | 'classNames'>
}): Costs {
  const data = { size: dataset.size, classes: dataset.classNames.length }
  const megaMacs = (size: NetworkSize): number =>
    planNetwork(inferenceSpec(sizedArchitecture(size, data))).megaMacs
  const { generalist, full } = config
  return {
    generalistMegaMacs: megaMacs(generalist),
    partitionMegaMacs: megaMacs(partitionSize(config)),
    fullMegaMacs: megaMacs(full),
  }
}
