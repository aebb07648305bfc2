import { CacheNetError } from '../../../core/wire/errors.ts'
import type { SentFrame } from '../../../core/wire/sent-frame.ts'
import type { EdgeAnswer, EdgeClient } from '../edge/edge-client.ts'
import { noAnswerTimes, noteAnswerTime, placeOfAnswer, type AnswerPlace } from '../full-model/answer-place.ts'
import type { DeviceFullModel } from '../full-model/device-full-model.ts'
import type { Notices } from '../state/notices.ts'

/** An answer of the full model, and where it ran. */
export interface FullModelAnswer extends EdgeAnswer {
  readonly answeredBy: AnswerPlace
}

/** Has the full model answer what the small networks here are uncertain of. */
export interface FullModelDesk {
  /** Another frame is with the full model already: one of a live stream is not sent after it. */
  isBusy(): boolean
  /** Somebody may be there to ask. */
  isNear(): boolean
  /** An answer of this device was checked: see `EdgeClient.noteChecked`. */
  noteChecked(isAlike: boolean): void
  /** Rejects where nobody answers; see `EdgeClient.answer`. */
  answer(signal: AbortSignal, frame: SentFrame, takesPartition: boolean): Promise<FullModelAnswer>
}

/** Both as the bundle that is open has them. */
interface OpenedFullModel {
  readonly edge: Pick<EdgeClient, 'answer' | 'state' | 'isLearnedFrom' | 'noteChecked'>
  readonly fullModel: Pick<DeviceFullModel, 'state' | 'offer' | 'answer'>
}

export interface FullModelDeskOptions {
  readonly opened: () => OpenedFullModel | undefined
  readonly notices: Pick<Notices, 'showError' | 'dismiss'>
  readonly nowMs?: () => number
}

/**
 * Asks the full model where it answers sooner: at the edge, or on this device. Knows how many frames are with
 * it, and says where the edge lets nobody in.
 */
export function createFullModelDesk({
  opened,
  notices,
  nowMs = () => performance.now(),
}: FullModelDeskOptions): FullModelDesk {
  let asking = 0
  let times = noAnswerTimes
  let timesOf: OpenedFullModel | undefined

  async function timed<Answer>(place: AnswerPlace, ask: () => Promise<Answer>): Promise<Answer> {
    const startMs = nowMs()
    const answer = await ask()
    times = noteAnswerTime(times, place, nowMs() - startMs, nowMs())
    return answer
  }

  async function askEdge(
    { edge, fullModel }: OpenedFullModel,
    signal: AbortSignal,
    frame: SentFrame,
    takesPartition: boolean,
  ): Promise<FullModelAnswer> {
    try {
      const answered = await timed('edge', () => edge.answer(signal, frame, takesPartition))
      notices.dismiss('access')
      // Data may have become free meanwhile.
      fullModel.offer()
      return { ...answered, answeredBy: 'edge' }
    } catch (thrown) {
      const error = CacheNetError.from(thrown)
      if (error.code === 'unauthorized') notices.showError('access', error)
      throw error
    }
  }

  /** Undefined where it is not here, or breaks down over the frame. */
  async function askDevice(
    { fullModel }: OpenedFullModel,
    signal: AbortSignal,
    frame: SentFrame,
  ): Promise<FullModelAnswer | undefined> {
    if (fullModel.state.peek() !== 'ready') return undefined
    // A full model that reads another size is at the edge alone.
    if (!(frame instanceof Uint8Array)) return undefined
    try {
      const answer = await timed('device', () => fullModel.answer(signal, frame))
      return { answer, bytesUp: 0, bytesDown: 0, answeredBy: 'device' }
    } catch (thrown) {
      if (CacheNetError.from(thrown).code === 'aborted') throw thrown
      return undefined
    }
  }

  return {
    isBusy: () => asking > 0,
    noteChecked: (isAlike) => opened()?.edge.noteChecked(isAlike),
    isNear() {
      const current = opened()
      if (current === undefined) return false
      return current.fullModel.state.value === 'ready' || current.edge.state.value !== 'offline'
    },
    async answer(signal, frame, takesPartition) {
      const current = opened()
      if (current === undefined) throw new CacheNetError('engine-failed', 'No bundle is open.')
      if (timesOf !== current) times = noAnswerTimes
      timesOf = current
      const { edge, fullModel } = current
      asking++
      try {
        const place = placeOfAnswer(times, {
          // An edge that is to learn this place has to see what is missed here.
          isHere:
            fullModel.state.peek() === 'ready' && !(edge.isLearnedFrom() && edge.state.peek() !== 'offline'),
          isEdgeAway: edge.state.peek() === 'offline',
          nowMs: nowMs(),
        })
        const here = place === 'device' ? await askDevice(current, signal, frame) : undefined
        if (here !== undefined) return here
        try {
          return await askEdge(current, signal, frame, takesPartition)
        } catch (thrown) {
          // Whatever the edge does, this frame has its answer where the full model is here too.
          const isOver = place === 'device' || CacheNetError.from(thrown).code === 'aborted'
          const instead = isOver ? undefined : await askDevice(current, signal, frame)
          if (instead === undefined) throw thrown
          return instead
        }
      } finally {
        asking--
      }
    },
  }
}
