import { argMax } from '../../../core/gate/entropy.ts'
import { applyFactors } from '../../../core/gate/scene-prior.ts'
import { surenessOfEdge } from '../../../core/gate/sureness.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { SentFrame } from '../../../core/wire/sent-frame.ts'
import type { Classification } from '../../messages/inference.ts'
import type { FrameRecord } from '../stream-log/frame-record.ts'
import type { DeviceLook } from './device-look.ts'
import type { FrameCollaborators } from './frame-collaborators.ts'
import type { Answered } from './frame-event.ts'
import type { FullModelAnswer } from './full-model-desk.ts'
import { runnersUp } from './runners-up.ts'

/**
 * The full model's answer, and the partition that it names; the device's own answer where there is none.
 * Rejects with `aborted`.
 */
export async function askFullModel(
  signal: AbortSignal,
  look: DeviceLook,
  asking: FrameCollaborators,
): Promise<Answered> {
  const { bundle, fullModel, scene, clock } = asking
  const { own, local, raw, classFactors, asksPartitions, isNothing, isNovel, isTested, startMs } = look
  let given: FullModelAnswer
  try {
    given = await fullModel.answer(signal, await frameToSend(signal, local, asking), asksPartitions)
  } catch (thrown) {
    if (CacheNetError.from(thrown).code === 'aborted') throw thrown
    // Whether the edge is away or refuses this one frame: the device's own answer stands.
    look.see(local.probabilities, look.byDevice)
    return { record: { ...own, latencyMs: clock.nowMs() - startMs } }
  }
  const { answer, answeredBy, bytesUp, bytesDown } = given
  // The full model does not know what the frames before showed; what the device answers by is held against
  // its answer too.
  const probabilities = applyFactors(answer.probabilities, classFactors)
  const classIndex = argMax(probabilities)
  if (isTested) fullModel.noteChecked(classIndex === local.classIndex)
  const sureness = isNothing
    ? 'none'
    : surenessOfEdge({
        raw: answer.probabilities,
        rawOfDevice: raw,
        classIndex,
        isNovel,
        isStrange: answer.isStrange,
      })
  look.see(probabilities, {
    isConfirmed: sureness === 'certain',
    isFromEdge: true,
    isNovel: answer.isStrange ?? isNovel,
  })
  // What was said of this frame has told the scene something: it may ask for another partition now. Where
  // the scene does not decide, the full model's side does.
  const choice = scene.choice()
  const named = choice === undefined ? answer.partition : bundle.partitionOf(choice.id)
  // A partition that nobody would ask is not fetched.
  const partition = asksPartitions ? named : undefined
  const alone = answer.probabilities[classIndex] ?? 0
  const record: FrameRecord = {
    ...own,
    label: bundle.classNames[classIndex] ?? answer.label,
    // Where the two do not bear one another out, neither is believed alone.
    certainty: sureness === 'certain' ? alone : (alone + (raw[classIndex] ?? 0)) / 2,
    runnersUp: runnersUp(probabilities, sureness, bundle.classNames),
    sureness,
    outcome: 'miss',
    network: answer.answeredBy === 'full' ? 'full' : (answer.partition?.id ?? 'full'),
    answeredBy,
    edgeEntropyNats: answer.entropyNats,
    latencyMs: clock.nowMs() - startMs,
    switchedTo: partition === undefined || partition.id === local.residents[0] ? null : partition.id,
    bytesUp,
    bytesDown,
  }
  const inlineDelta = answer.inlineDelta?.id === partition?.id ? answer.inlineDelta : undefined
  return {
    record,
    wanted: partition && { partition, inlineDelta },
    likelyNext: asksPartitions ? answer.likelyNext?.id : undefined,
  }
}

/**
 * What the edge is sent of a frame: its bare pixels, or a picture where the full model reads another size.
 */
export const frameToSend = (
  signal: AbortSignal,
  { rgb, frame }: Classification,
  { picture }: Pick<FrameCollaborators, 'picture'>,
): Promise<SentFrame> => (frame === undefined ? Promise.resolve(rgb) : picture(signal, frame))
