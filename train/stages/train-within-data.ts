import { CacheNetError } from '../../core/wire/errors.ts'
import type { TrainedNetworks } from '../models/trained-networks.ts'
import type { StageContext } from './context.ts'
import { trainOnSharedAnswers } from './train-on-shared-answers.ts'

/** Stage 4 refused a region: it has fewer images than a partition can learn from. */
export const isTooLittleForPartitions = (thrown: unknown): thrown is CacheNetError =>
  thrown instanceof CacheNetError &&
  thrown.code === 'config-invalid' &&
  'partition' in thrown.details &&
  'members' in thrown.details

/**
 * Every network that the data is enough for: where a region has too few images for its partition, the
 * generalist alone, which is said in one sentence. Returns the context of what was trained: its config has no
 * partitions then.
 */
export async function trainWithinData(
  context: StageContext,
): Promise<{ context: StageContext; networks: TrainedNetworks }> {
  try {
    return { context, networks: await trainOnSharedAnswers(context) }
  } catch (thrown) {
    if (!isTooLittleForPartitions(thrown)) throw thrown
    context.progress.say(
      `The images are too few for partitions (${String(thrown.details['members'])} for ${String(thrown.details['partition'])}): the bundle gets the generalist alone.`,
    )
    const alone: StageContext = { ...context, config: { ...context.config, partitionCount: 0 } }
    // Full model and generalist are there already.
    return { context: alone, networks: await trainOnSharedAnswers(alone) }
  }
}
