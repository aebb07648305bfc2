import { outputsOf, type Manifest, type Partition } from '../../../core/bundle/manifest.ts'
import { argMax } from '../../../core/gate/entropy.ts'
import { thresholdOf } from '../../../core/gate/gate.ts'
import type { GateSettings } from '../../../core/gate/settings.ts'
import { rawAnswer } from '../../../core/gate/raw-answer.ts'
import { applyFactors } from '../../../core/gate/scene-prior.ts'
import { mostProbable } from '../../../core/gate/most-probable.ts'
import { surenessOfDevice, surenessOfEdge, type Sureness } from '../../../core/gate/sureness.ts'
import { showsNothing } from '../../../core/image/shows-nothing.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { FrameAnswer } from '../../../core/wire/frames.ts'
import type { Classification, FrameImage } from '../../messages/inference.ts'
import type { SentFrame } from '../../../core/wire/sent-frame.ts'
import type { ClassifyOptions } from '../engine/classify-request.ts'
import type { WantedPartition } from '../partitions/partition-keeper.ts'
import type { FrameRecord } from '../stream-log/frame-record.ts'
import type { SourceFrame } from '../sources/source.ts'
import type { FullModelAnswer, FullModelDesk } from './full-model-desk.ts'
import type { SeenBy, StreamScene } from './stream-scene.ts'

/** What a frame asks on its way, and nothing else: what follows from its answer is in its events. */
export interface FrameCollaborators {
  readonly bundle: FrameBundle
  classify(
    signal: AbortSignal,
    image: FrameImage,
    gate: GateSettings,
    options: ClassifyOptions,
  ): Promise<Classification>
  /** The frame of that number as a picture for the edge; see `Classification`. */
  picture(signal: AbortSignal, frame: number): Promise<SentFrame>
  readonly fullModel: Pick<FullModelDesk, 'isBusy' | 'answer'>
  readonly gate: {
    settings(): GateSettings
    /** τ that the bundle has for a network where no scene has a say, in nats. */
    thresholdAlone(network: string): number
  }
  readonly scene: StreamScene
  readonly clock: FrameClock
}

/** What a frame has to know of the open bundle. */
export interface FrameBundle {
  readonly classNames: readonly string[]
  /** Of the model's input, in pixels. */
  readonly inputWidth: number
  /** How many outputs a network has. */
  outputsOf(network: string): number
  /** A partition of the bundle; undefined for none. */
  partitionOf(id: string | undefined): WantedPartition | undefined
}

export function frameBundle(manifest: Manifest): FrameBundle {
  const byId = new Map<string | undefined, Partition>(manifest.partitions.map((one) => [one.id, one]))
  return {
    classNames: manifest.classNames,
    inputWidth: manifest.input.width,
    outputsOf: (network) => outputsOf(manifest, network),
    partitionOf: (id) => byId.get(id),
  }
}

export interface FrameClock {
  nowMs(): number
  /** Resolves after so long. */
  wait(delayMs: number): Promise<void>
}

export const pageClock: FrameClock = {
  nowMs: () => performance.now(),
  wait: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
}

/** What happens to a frame, in this order: perhaps `provisional`, always `answered`, perhaps `revised`. */
export type FrameEvent =
  /** The small networks' own answer, shown while the full model is asked. */
  | { readonly kind: 'provisional'; readonly record: FrameRecord }
  /** The answer that the stream waits for. */
  | ({ readonly kind: 'answered' } & Answered)
  /** The full model's answer, which came when the stream had gone on. */
  | ({ readonly kind: 'revised' } & Answered)

/** An answer, and what it asks of the page. */
export interface Answered {
  readonly record: FrameRecord
  /** The partition to make resident, and the most recent. */
  readonly wanted?: WantedByFrame | undefined
  /** The partition that most often comes next, by the edge's word. */
  readonly likelyNext?: string | undefined
  /** What the device saw, where it answered by itself: enough to have the edge look at it too. */
  readonly hit?: FrameHit
}

export interface WantedByFrame {
  readonly partition: WantedPartition
  readonly inlineDelta: FrameAnswer['inlineDelta']
}

export interface FrameHit {
  /** As it goes to the edge. To be asked for before the next frame is. */
  toSend(): Promise<SentFrame>
  readonly classIndex: number
  readonly classFactors: ClassifyOptions['classFactors']
}

/**
 * So long a live stream waits for the edge, in milliseconds: an edge nearby has answered by then, and nobody
 * notices the pause.
 */
export const patienceMs = 120

/** Where a frame stands in its stream. */
export interface FramePlace {
  readonly index: number
  readonly isLossless: boolean
}

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

/** What the device makes of a frame. */
interface DeviceLook {
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
  /** The device's answer as it stands while nobody else has given one. */
  readonly own: FrameRecord
  /** The device's answer, as nobody has confirmed it. */
  readonly byDevice: SeenBy
  /** Tells the scene of an answer to this frame; see `StreamScene.see`. */
  see(answered: ArrayLike<number>, by: SeenBy): void
}

async function lookAt(
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
  return { startMs, asksPartitions, classFactors, choice, local, raw, isNothing, isNovel, own, byDevice, see }
}

/**
 * The full model's answer, and the partition that it names; the device's own answer where there is none.
 * Rejects with `aborted`.
 */
async function askFullModel(
  signal: AbortSignal,
  look: DeviceLook,
  asking: FrameCollaborators,
): Promise<Answered> {
  const { bundle, fullModel, scene, clock } = asking
  const { own, local, raw, classFactors, asksPartitions, isNothing, isNovel, startMs } = look
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

/** So many classes of an answer that is not certain are named, and none that is less likely than that. */
const [namedClasses, leastNamed] = [3, 0.01]

function runnersUp(
  probabilities: ArrayLike<number>,
  sureness: Sureness,
  classNames: readonly string[],
): FrameRecord['runnersUp'] {
  if (sureness === 'certain') return []
  return mostProbable(probabilities, namedClasses)
    .slice(1)
    .filter((index) => (probabilities[index] ?? 0) >= leastNamed)
    .map((index) => classNames[index] ?? '')
}

/**
 * What the edge is sent of a frame: its bare pixels, or a picture where the full model reads another size.
 */
const frameToSend = (
  signal: AbortSignal,
  { rgb, frame }: Classification,
  { picture }: Pick<FrameCollaborators, 'picture'>,
): Promise<SentFrame> => (frame === undefined ? Promise.resolve(rgb) : picture(signal, frame))

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
