import { CacheNetError } from '../../../core/wire/errors.ts'
import { untilAborted } from '../platform/within.ts'
import type { FrameSource } from './source.ts'

/**
 * A source whose code comes when it is first played: it is not needed for the first picture of the page. The
 * stream counts as playing from the tap on. Rejects with `source-unavailable` where the code cannot be had.
 */
export function lazySource(
  what: Pick<FrameSource, 'kind' | 'isLossless'>,
  load: () => Promise<FrameSource>,
): FrameSource {
  return {
    ...what,
    async *frames(signal) {
      let source: FrameSource
      try {
        source = await untilAborted(signal, load())
      } catch (cause) {
        throw new CacheNetError(
          'source-unavailable',
          'This part of the app is not stored on this device yet. Connect once to the network, and try again.',
          {},
          { cause },
        )
      }
      yield* source.frames(signal)
    },
  }
}
