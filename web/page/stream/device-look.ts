import { thresholdOf } from '../../../core/gate/gate.ts'
import type { GateSettings } from '../../../core/gate/settings.ts'
import { rawAnswer } from '../../../core/gate/raw-answer.ts'
import { surenessOfDevice } from '../../../core/gate/sureness.ts'
import { showsNothing } from '../../../core/image/shows-nothing.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { Classification } from '../../messages/inference.ts'
import type { ClassifyOptions } from '../engine/classify-request.ts'
import type { SourceFrame } from '../sources/source.ts'
import type { FrameRecord } from '../stream-log/frame-record.ts'
import type { FrameCollaborators } from './frame-collaborators.ts'
import { runnersUp } from './runners-up.ts'
import type { SeenBy, StreamScene } from './stream-scene.ts'

/** Where a frame stands in its stream. */
export interface FramePlace {
  readonly index: number
  readonly isLossless: boolean
}

/** What the device makes of a frame. */
export interface DeviceLook {
  readonly startMs: number
  /** Whether the gate asks partitions at all. */
  readonly asksPartitions: boolean
  readonly classFactors: ClassifyOptions['classFactors']
  readonly choice: ReturnType<StreamScene['choice']>
  readonly local: Classification
  /** The device's own answer before any prior. */
  readonly raw: ArrayLike<number>
  /** The frame shows nothing that could be known: one colour, or noise. */
  readonly isNothing: boolean
  /** It fits nothing that the bundle knows. */
  readonly isNovel: boolean
  /** The device is certain, and has its answer checked all the same. */
  readonly isTested: boolean
  /** The device's answer as it stands while nobody else has given one. */
  readonly own: FrameRecord
  /** The device's answer, as nobody has confirmed it. */
  readonly byDevice: SeenBy
  /** Tells the scene of an answer to this frame; see `StreamScene.see`. */
  see(answered: ArrayLike<number>, by: SeenBy): void
}

/**
 * Asks the small networks of a frame, under what the scene expects. Throws `aborted`, or a code of
 * `InferenceHost.classify`.
 */
export async function lookAt(
  signal: AbortSignal,
  frame: SourceFrame,
  { index, isLossless }: FramePlace,
  asking: FrameCollaborators,
): Promise<DeviceLook> {
  const { bundle, scene, clock, fullModel } = asking
  const startMs = clock.nowMs()
  const gate = asking.gate.settings()
  const classFactors = scene.factors()
  const choice = scene.choice()
  const local = await classify(signal, frame, gate, { isKept: isLossless, classFactors, choice }, asking)
  const localLatencyMs = clock.nowMs() - startMs
  const raw = rawAnswer(local.probabilities, classFactors)
  const isNothing = showsNothing(local.rgb, bundle.inputWidth)
  const isNovel = scene.isNovel(raw, local.isStrange) || isNothing
  const isCertain = local.outcome === 'hit'
  const isTested = isCertain && !fullModel.isBusy() && scene.isTestDue()
  // What the scene alone has made certain goes to the edge after all, and so does what tests the scene. Where
  // the scene had no say, the threshold has decided, and somebody may have set it so.
  const isHit = isCertain && !(isNovel && classFactors !== undefined) && !isTested
  const { ownCertainty, ownEntropyNats } = local
  const sureness = surenessOfDevice({
    ownCertainty,
    ownEntropyNats,
    outputs: bundle.outputsOf(local.network),
    isHit: isCertain,
    isNovel,
    thresholdNats: asking.gate.thresholdAlone(local.network),
  })
  const own: FrameRecord = {
    index,
    name: frame.name,
    trueLabel: frame.trueLabel,
    label: bundle.classNames[local.classIndex] ?? '',
    certainty: ownCertainty,
    runnersUp: runnersUp(local.probabilities, sureness, bundle.classNames),
    sureness,
    entropyNats: local.entropyNats,
    thresholdNats: thresholdOf(local.network, gate),
    outcome: isHit ? 'hit' : 'uncertain',
    network: local.network,
    answeredBy: 'device',
    edgeEntropyNats: null,
    latencyMs: localLatencyMs,
    localLatencyMs,
    switchedTo: null,
    bytesUp: 0,
    bytesDown: 0,
  }
  const asksPartitions = gate.maxProbes > 0
  const see: DeviceLook['see'] = (answered, by) => {
    // One colour, or noise, says nothing of the scene either.
    if (!isNothing) scene.see(answered, classFactors, by)
  }
  const byDevice = { isConfirmed: false, isFromEdge: false, isNovel }
  return {
    startMs,
    asksPartitions,
    classFactors,
    choice,
    local,
    raw,
    isNothing,
    isNovel,
    isTested,
    own,
    byDevice,
    see,
  }
}

/** A lossless stream loses no frame to a worker that breaks down: it is sent once more. */
async function classify(
  signal: AbortSignal,
  { image }: SourceFrame,
  gate: GateSettings,
  options: ClassifyOptions,
  asking: FrameCollaborators,
): Promise<Classification> {
  if (options.isKept !== true) return asking.classify(signal, image, gate, options)
  try {
    return await asking.classify(signal, image, gate, options)
  } catch (thrown) {
    if (CacheNetError.from(thrown).code !== 'worker-crashed') throw thrown
    return await asking.classify(signal, image, gate, options)
  }
}
