import type { EdgeClient } from '../edge/edge-client.ts'
import type { Partitions } from '../partitions/partition-keeper.ts'
import { giveWay } from '../platform/give-way.ts'
import type { SourceFrame } from '../sources/source.ts'
import type { GateControl } from '../state/gate-control.ts'
import type { LastUses } from '../state/last-uses.ts'
import type { Notices } from '../state/notices.ts'
import type { StreamView } from '../state/stream-view.ts'
import type { Auditor } from './auditor.ts'
import type { FrameBundle } from './frame-collaborators.ts'
import type { Answered, FrameEvent } from './frame-event.ts'
import type { Stage } from './stage.ts'

/** Whom a frame's events concern. */
export interface FrameAudience {
  readonly bundle: Pick<FrameBundle, 'partitionOf'>
  readonly streamView: Pick<StreamView, 'showProvisional' | 'add' | 'revise' | 'addBytesDown'>
  readonly stage: Pick<Stage, 'show'>
  readonly gate: Pick<GateControl, 'learn'>
  readonly partitions: Pick<Partitions, 'used' | 'want' | 'prefetch'>
  readonly edge: Pick<EdgeClient, 'noteHit'>
  readonly auditor: Auditor
  readonly lastUses: Pick<LastUses, 'note'>
  readonly notices: Pick<Notices, 'dismiss'>
  /** Partitions in memory. */
  readonly residents: () => readonly string[]
  /** Whether a partition that is likely next may be stored ahead of its time. */
  readonly mayPrefetch: () => boolean
  /** The networks have answered a frame. */
  readonly onAnswered: () => void
  /** Whether what the device thinks of a frame that is with the edge is shown. */
  readonly showsProvisional: boolean
  /** What is thought of between a network's step and a picture's. A test has its own. */
  readonly giveWay?: () => Promise<void>
}

export interface AppliedFrame {
  readonly frame: SourceFrame
  /**
   * The next frame waits until a partition that the edge named is here whole, so that the same files always
   * meet the same partitions.
   */
  readonly isWholeAwaited: boolean
}

/**
 * What follows from an event of a frame: one place tells the stream's view, stage, gate and partitions.
 * Resolves when the stream may go on. Never rejects.
 */
export async function applyEvent(
  signal: AbortSignal,
  event: FrameEvent,
  { frame, isWholeAwaited }: AppliedFrame,
  audience: FrameAudience,
): Promise<void> {
  const { streamView, stage, gate } = audience
  switch (event.kind) {
    case 'provisional':
      if (!audience.showsProvisional) return
      stage.show(frame)
      streamView.showProvisional(event.record)
      return
    case 'answered': {
      const arriving = follow(signal, event, isWholeAwaited, audience)
      const awaitedBytes = isWholeAwaited && event.record.outcome === 'miss' ? await arriving : 0
      const record = { ...event.record, bytesDown: event.record.bytesDown + awaitedBytes }
      // A network in the page and a picture drawn there are a step each.
      await (audience.giveWay ?? giveWay)()
      // Stopped meanwhile: nobody waits for this answer any more.
      if (signal.aborted) return
      // With its answer and not before: one picture of the screen for both, and nothing is drawn while a
      // network runs on the same core.
      stage.show(frame)
      streamView.add(record)
      gate.learn(record)
      audience.onAnswered()
      return
    }
    case 'revised':
      void follow(signal, event, false, audience)
      streamView.revise(event.record)
      gate.learn(event.record)
      return
  }
}

/**
 * What an answer asks of partitions and edge. Resolves with the bytes that were downloaded for it and are
 * still to be counted; where nobody waits for them, they are counted when they are there.
 */
async function follow(
  signal: AbortSignal,
  { record, wanted, likelyNext, hit }: Answered,
  isWholeAwaited: boolean,
  audience: FrameAudience,
): Promise<number> {
  const { partitions, streamView, auditor } = audience
  const countDown = (bytes: number): void => {
    if (bytes > 0) streamView.addBytesDown(record.index, bytes)
  }
  if (hit !== undefined) {
    partitions.used(record.network)
    const used = audience.bundle.partitionOf(record.network)
    if (used !== undefined) audience.lastUses.note(used.whole.sha256)
    audience.edge.noteHit()
    // The picture is asked for now: the next frame takes its place.
    if (auditor.isDrawn())
      void hit.toSend().then(
        (sent) => auditor.audit(signal, sent, hit.classIndex, hit.classFactors),
        () => undefined,
      )
  }
  const isAwaited = isWholeAwaited && hit === undefined
  const arriving = wanted && want(signal, wanted, isAwaited, audience)
  if (likelyNext !== undefined && audience.mayPrefetch())
    void partitions.prefetch(signal, likelyNext).then(countDown)
  if (isAwaited) return (await arriving) ?? 0
  void arriving?.then(countDown)
  return 0
}

async function want(
  signal: AbortSignal,
  { partition, inlineDelta }: NonNullable<Answered['wanted']>,
  isWholeAwaited: boolean,
  { partitions, residents, notices }: FrameAudience,
): Promise<number> {
  const bytes = await partitions.want(signal, partition, { inlineDelta, isWholeAwaited })
  if (residents().includes(partition.id)) notices.dismiss('partition')
  return bytes
}
