import { argMax } from '../../../core/gate/entropy.ts'
import { applyFactors } from '../../../core/gate/scene-prior.ts'
import type { FrameAnswer } from '../../../core/wire/frames.ts'
import type { SentFrame } from '../../../core/wire/sent-frame.ts'
import type { EdgeClient } from '../edge/edge-client.ts'
import type { StreamView } from '../state/stream-view.ts'

export interface AuditorOptions {
  /** Share of hits that the edge is asked about, 0 to 1. */
  readonly share: () => number
  /** Offline, or where bytes may cost money, nothing is audited. */
  readonly isAllowed: () => boolean
  readonly edge: () => Pick<EdgeClient, 'audit'> | undefined
  readonly streamView: Pick<StreamView, 'addAudit'>
  readonly onAudit: (isRight: boolean) => void
  /** Uniform in [0, 1). */
  readonly random?: () => number
}

/**
 * Asks the edge about a share of the hits, drawn by chance: the only way to learn of frames that a partition
 * was certain of, and wrong. One at a time; what cannot be sent now is not sent at all.
 */
export interface Auditor {
  /** Whether the next frame is to be audited, should it hit. */
  isDrawn(): boolean
  /**
   * @param classIndex what this device answered
   * @param classFactors what the scene made of each class then: the full model's answer is held against it
   * under the same
   */
  audit(signal: AbortSignal, frame: SentFrame, classIndex: number, classFactors?: Float32Array): Promise<void>
}

/** An edge that knows nothing of audits answers all the same; none knows what the scene shows. */
const agreesWith = (
  { audit, classIndex, probabilities }: FrameAnswer,
  own: number,
  classFactors: Float32Array | undefined,
): boolean =>
  classFactors === undefined
    ? (audit?.agrees ?? classIndex === own)
    : argMax(applyFactors(probabilities, classFactors)) === own

export function createAuditor({
  share,
  isAllowed,
  edge,
  streamView,
  onAudit,
  random = Math.random,
}: AuditorOptions): Auditor {
  let isAuditing = false
  return {
    isDrawn: () => share() > 0 && !isAuditing && isAllowed() && random() < share(),
    async audit(signal, frame, classIndex, classFactors) {
      if (isAuditing) return
      isAuditing = true
      try {
        const asked = await edge()?.audit(signal, frame, classIndex)
        if (asked === undefined) return
        const agrees = agreesWith(asked.answer, classIndex, classFactors)
        streamView.addAudit({ bytesUp: asked.bytesUp, bytesDown: asked.bytesDown, agrees })
        onAudit(agrees)
      } catch {
        // Shed by a busy edge, or out of reach: nobody waits for it.
      } finally {
        isAuditing = false
      }
    },
  }
}
