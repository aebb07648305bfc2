import { CacheNetError } from '../../../core/wire/errors.ts'
import type { EdgeClient } from '../edge/edge-client.ts'
import type { Notices } from '../state/notices.ts'
import type { FrameCollaborators } from './frame-life.ts'

export interface EdgeDeskOptions {
  /** Of the bundle that is open. */
  readonly edge: () => Pick<EdgeClient, 'answer'> | undefined
  readonly notices: Pick<Notices, 'showError' | 'dismiss'>
}

/** Asks the edge about frames: knows how many are with it, and says where it lets nobody in. */
export function createEdgeDesk({ edge, notices }: EdgeDeskOptions): FrameCollaborators['edge'] {
  let asking = 0
  return {
    isBusy: () => asking > 0,
    async answer(signal, rgb, takesPartition) {
      const client = edge()
      if (client === undefined) throw new CacheNetError('engine-failed', 'No bundle is open.')
      asking++
      try {
        const answered = await client.answer(signal, rgb, takesPartition)
        notices.dismiss('access')
        return answered
      } catch (thrown) {
        const error = CacheNetError.from(thrown)
        if (error.code === 'unauthorized') notices.showError('access', error)
        throw error
      } finally {
        asking--
      }
    },
  }
}
