import type { SentFrame } from '../../../core/wire/sent-frame.ts'
import type { SourceFrame } from '../sources/source.ts'
import { askFullModel, frameToSend } from './ask-full-model.ts'
import { lookAt, type FramePlace } from './device-look.ts'
import type { FrameCollaborators } from './frame-collaborators.ts'
import type { FrameEvent } from './frame-event.ts'

/**
 * So long a live stream waits for the edge, in milliseconds: an edge nearby has answered by then, and nobody
 * notices the pause.
 */
export const patienceMs = 120

/**
 * A frame's life: gate on the device → hit, or miss → full model, at the edge or here. For a slow one a live
 * stream waits only a moment: the small networks’ answer stands until the full model’s comes. Throws
 * `aborted`, or a code of `InferenceHost.classify`; whatever the edge does, there is an answer.
 */
export async function* liveFrame(
  signal: AbortSignal,
  frame: SourceFrame,
  place: FramePlace,
  asking: FrameCollaborators,
): AsyncGenerator<FrameEvent, void, void> {
  const { fullModel, clock } = asking
  const look = await lookAt(signal, frame, place, asking)
  const { own, local, classFactors, choice } = look
  if (own.outcome === 'hit') {
    look.see(local.probabilities, { ...look.byDevice, isConfirmed: own.sureness === 'certain' })
    // The scene has asked for another partition than the one at hand: it comes while frames go on.
    const chosen = choice?.id === local.residents[0] ? undefined : asking.bundle.partitionOf(choice?.id)
    const wanted = chosen && { partition: chosen, inlineDelta: undefined }
    const toSend = (): Promise<SentFrame> => frameToSend(signal, local, asking)
    const hit = { toSend, classIndex: local.classIndex, classFactors }
    yield { kind: 'answered', record: own, wanted, hit }
    return
  }

  yield { kind: 'provisional', record: own }
  if (!place.isLossless && fullModel.isBusy()) {
    look.see(local.probabilities, look.byDevice)
    yield { kind: 'answered', record: own }
    return
  }
  const asked = askFullModel(signal, look, asking)
  if (place.isLossless) {
    yield { kind: 'answered', ...(await asked) }
    return
  }
  const early = await Promise.race([asked, clock.wait(patienceMs).then(() => undefined)])
  yield { kind: 'answered', ...(early ?? { record: own }) }
  if (early !== undefined) return
  const late = await asked
  if (late.record.outcome === 'miss') yield { kind: 'revised', ...late }
}
