import type { EdgeClient } from './edge/edge-client.ts'
import type { Session } from './state/session.ts'

export interface AuditorOptions {
  /** Share of hits that the edge is asked about, 0 to 1. */
  readonly share: () => number
  /** Offline, or where bytes may cost money, nothing is audited. */
  readonly isAllowed: () => boolean
  readonly edge: () => Pick<EdgeClient, 'audit'> | undefined
  readonly session: Pick<Session, 'addAudit'>
  readonly onAudit: (isRight: boolean) => void
  /** Uniform in [0, 1). */
  readonly random?: () => number
}

/**
 * Asks the edge about a share of the hits, drawn by chance: the only way to learn of frames that a partition was certain of, and
 * wrong. One at a time; what cannot be sent now is not sent at all.
 */
export interface Auditor {
  /** Whether the next frame is to be audited, should it hit. */
  isDrawn(): boolean
  audit(signal: AbortSignal, rgb: Uint8Array<ArrayBuffer>, classIndex: number): Promise<void>
}

export function createAuditor({ share, isAllowed, edge, session, onAudit, random = Math.random }: AuditorOptions): Auditor {
  let isAuditing = false
  return {
    isDrawn: () => share() > 0 && !isAuditing && isAllowed() && random() < share(),
    async audit(signal, rgb, classIndex) {
      if (isAuditing) return
      isAuditing = true
      try {
        const asked = await edge()?.audit(signal, rgb, classIndex)
        // An edge that knows nothing of audits answers all the same.
        const agrees = asked === undefined ? undefined : (asked.answer.audit?.agrees ?? asked.answer.classIndex === classIndex)
        if (asked === undefined || agrees === undefined) return
        session.addAudit({ bytesUp: asked.bytesUp, bytesDown: asked.bytesDown, agrees })
        onAudit(agrees)
      } catch {
        // Shed by a busy edge, or out of reach: nobody waits for it.
      } finally {
        isAuditing = false
      }
    },
  }
}
