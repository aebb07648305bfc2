import type { Random } from '../../core/random.ts'
import { initialise, isSeparable, type Architecture } from '../models/architecture.ts'
import { startFromBase } from '../models/start-from-base.ts'
import { whiteningFilters } from '../models/whitening.ts'
import type { StageContext } from './context.ts'

/** Where a network that knows all classes begins: with the trunk of the run's base, or from scratch. */
export function firstParameters(
  { base, dataset, input }: Pick<StageContext, 'base' | 'dataset' | 'input'>,
  of: 'full' | 'generalist' | undefined,
  architecture: Architecture,
  random: Random,
): Float32Array {
  const { pixels } = dataset.train
  // A base has plain networks: `requireBaseSizes` has refused another.
  return base === undefined || of === undefined || isSeparable(architecture)
    ? initialise(architecture, whiteningFilters(pixels, input, random), random)
    : startFromBase(architecture, base[of], base.input, { pixels, input }, random)
}
