import { placeLimits } from './find-places.ts'

/**
 * Times that frames came without a long pause between them.
 *
 * @param timesMs of frames, in their order, in milliseconds since 1970
 */
export const countVisits = (timesMs: readonly number[]): number =>
  timesMs.filter((atMs, index) => atMs - (timesMs[index - 1] ?? -Infinity) > placeLimits.pauseMs).length
