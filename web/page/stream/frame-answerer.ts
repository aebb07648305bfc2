import { computed, type ReadonlySignal } from '@preact/signals'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { OpenedBundle } from '../boot/open-bundle.ts'
import { whenDrawn } from '../platform/when-idle.ts'
import { answerFrame } from './answer-frame.ts'
import { applyEvent, type FrameAudience } from './apply-event.ts'
import { frameBundle, pageClock, type FrameCollaborators } from './frame-collaborators.ts'
import { liveFrame } from './frame-life.ts'
import type { PlayerOptions } from './player.ts'

export interface FrameAnswererOptions
  extends
    Omit<FrameAudience, 'bundle' | 'partitions' | 'edge' | 'showsProvisional'>,
    Pick<FrameCollaborators, 'classify' | 'picture'> {
  readonly opened: ReadonlySignal<OpenedBundle | undefined>
  readonly desk: FrameCollaborators['fullModel']
  readonly gateOfFrames: FrameCollaborators['gate']
  readonly scene: FrameCollaborators['scene']
  readonly switches: StreamSwitches
}

/** What the page's address says of how a stream is played. */
export interface StreamSwitches {
  /**
   * `?downloads=background` turns it off: files are played as a camera's frames are, with partitions that
   * come when they come.
   */
  readonly isRepeatable: boolean
  /**
   * `?pace=idle`: a frame comes when the answer before it has been drawn, as a camera's do, and not as early
   * as it can be handed over; and what the device thinks of a frame that is with the edge is not drawn.
   * Latency is then that of answers, and not of pictures.
   */
  readonly isCalm: boolean
}

export const streamSwitches = (parameters: URLSearchParams): StreamSwitches => ({
  isRepeatable: parameters.get('downloads') !== 'background',
  isCalm: parameters.get('pace') === 'idle',
})

/** What the player asks for each frame. */
export function createFrameAnswerer(options: FrameAnswererOptions): PlayerOptions['answer'] {
  const { opened, desk, gateOfFrames, scene, switches, classify, picture } = options
  /** Once for each bundle. */
  const open = computed(() => {
    const { value } = opened
    if (value === undefined) return undefined
    const bundle = frameBundle(value.manifest)
    const { partitions, edge } = value
    const asking: FrameCollaborators = {
      bundle,
      classify,
      picture,
      fullModel: desk,
      gate: gateOfFrames,
      scene,
      clock: pageClock,
    }
    const audience: FrameAudience = {
      ...options,
      bundle,
      partitions,
      edge,
      showsProvisional: !switches.isCalm,
    }
    return { asking, audience }
  })

  return async (signal, frame, place) => {
    const current = open.value
    if (current === undefined) throw new CacheNetError('engine-failed', 'No bundle is open.')
    if (switches.isCalm) await whenDrawn(signal)
    const applied = { frame, isWholeAwaited: place.isLossless && switches.isRepeatable }
    await answerFrame(liveFrame(signal, frame, place, current.asking), (event) =>
      applyEvent(signal, event, applied, current.audience),
    )
  }
}
