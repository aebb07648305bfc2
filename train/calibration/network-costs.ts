import { planNetwork } from '../../core/network/plan.ts'
import type { TrainingConfig } from '../config/schema.ts'
import type { Dataset } from '../data/dataset.ts'
import { inferenceSpec } from '../models/fold.ts'
import type { Costs } from './expected-time.ts'

/** Multiply-accumulates of the networks that a config describes, before any is trained. */
export function networkCosts({
  config,
  dataset,
}: {
  readonly config: TrainingConfig
  readonly dataset: Pick<Dataset, 'size' | 'classNames'>
}): Costs {
  const megaMacs = ({ widths }: Pick<TrainingConfig['full'], 'widths'>): number =>
    planNetwork(inferenceSpec({ size: dataset.size, widths, classes: dataset.classNames.length })).megaMacs
  const { generalist, partition, full } = config
  return {
    generalistMegaMacs: megaMacs(generalist),
    partitionMegaMacs: megaMacs({ widths: partition.widths ?? generalist.widths }),
    fullMegaMacs: megaMacs(full),
  }
}
