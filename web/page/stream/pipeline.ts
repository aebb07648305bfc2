import { argMax } from '../../../core/gate/entropy.ts'
import { thresholdOf, type GateSettings, type SceneChoice } from '../../../core/gate/gate.ts'
import { rawAnswer } from '../../../core/gate/raw-answer.ts'
import { applyFactors } from '../../../core/gate/scene-prior.ts'
import { surenessOfDevice, surenessOfEdge } from '../../../core/gate/sureness.ts'
import { showsNothing } from '../../../core/image/shows-nothing.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { FrameAnswer } from '../../../core/wire/frames.ts'
import type { Classification, FrameImage } from '../../messages/inference.ts'
import type { EdgeAnswer } from '../edge/edge-client.ts'
import type { FrameRecord } from '../session/frame-record.ts'
import type { WantedPartition } from '../partitions/partitions.ts'
import type { SourceFrame } from '../sources/source.ts'
import type { ClassifyOptions } from '../engine/inference-host.ts'

/** What the last frames of the stream showed, under the settings in force. */
export interface StreamScene {
  /** What it makes of each class; undefined where the gate looks at each frame by itself. */
  factors(): Float32Array<ArrayBuffer> | undefined
  /**
   * The partition that the scene asks for; undefined where the gate goes by recency and the edge's word
   * alone.
   */
  choice(): SceneChoice | undefined
  /**
   * Whether it is time that the edge looks at a frame, however certain the device is: what is believed of the
   * scene is tested.
   */
  isTestDue(): boolean
  /**
   * Whether the stream shows what the bundle does not know, given the device's answer before any prior. Once
   * a frame, in stream order.
   *
   * @param isStrange the network's own word, where the bundle says what is strange
   */
  isNovel(raw: ArrayLike<number>, isStrange?: boolean): boolean
  /**
   * A frame has its answer, with these probabilities under the factors that it was asked with.
   *
   * @param isConfirmed the answer stands without the prior: the edge's, or a network's that was certain by
   * itself
   * @param isFromEdge the edge has looked at it
   */
  see(
    answered: ArrayLike<number>,
    factors: ArrayLike<number> | undefined,
    isConfirmed: boolean,
    isFromEdge: boolean,
  ): void
}

/** What a frame meets on its way. */
export interface PipelineDeps {
  readonly classNames: readonly string[]
  /** Of the model's input, in pixels. */
  readonly inputWidth: number
  readonly gate: () => GateSettings
  readonly scene: StreamScene
  /** τ that the bundle has for a network where no scene has a say, in nats. */
  thresholdAlone(network: string): number
  classify(
    signal: AbortSignal,
    image: FrameImage,
    gate: GateSettings,
    options: ClassifyOptions,
  ): Promise<Classification>
  /** Rejects where the edge does not answer; see `EdgeClient.answer`. */
  askEdge(signal: AbortSignal, rgb: Uint8Array<ArrayBuffer>, takesPartition: boolean): Promise<EdgeAnswer>
  /** How many outputs a network has. */
  outputsOf(network: string): number
  /** A partition of the bundle; undefined for none. */
  partitionOf(id: string | undefined): WantedPartition | undefined
  /** A resident partition answered. */
  partitionUsed(id: string): void
  /**
   * Makes a partition resident and the most recent. Resolves with the bytes that were downloaded for it;
   * never rejects.
   */
  wantPartition(
    partition: WantedPartition,
    options: { readonly inlineDelta: FrameAnswer['inlineDelta']; readonly isWholeAwaited: boolean },
  ): Promise<number>
  /** Whether this frame is to be audited, should it hit. */
  isAudited?(): boolean
  /** Has the edge look at a hit. Not waited for; never rejects. */
  audit?(
    index: number,
    rgb: Uint8Array<ArrayBuffer>,
    classIndex: number,
    classFactors: ClassifyOptions['classFactors'],
  ): void
  /** The edge names the partition that most often comes next. */
  expectNext?(id: string, index: number): void
  /** The device's own answer, shown while the edge is asked. */
  showProvisional(record: FrameRecord): void
  /** Another frame of a live stream is with the edge already: this one is not sent after it. */
  readonly isEdgeBusy?: () => boolean
  /** The edge answered a frame whose own answer was logged already, since the stream had gone on. */
  revise?(record: FrameRecord): void
  /** Bytes of a partition that arrived after its frame was answered. */
  addBytesDown(index: number, bytes: number): void
  readonly nowMs?: () => number
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
  /**
   * The next frame waits until a partition that was named is here whole, so that the same files always meet
   * the same partitions.
   */
  readonly isWholeAwaited?: boolean
}

/**
 * A frame's life: gate on the device → hit, or miss → edge → partition. Never waits for a download unless the
 * source is lossless, and for a slow edge a live stream waits no longer than a moment: the device's own
 * answer stands until the edge's comes. Rejects with `aborted`, or with a code of `InferenceHost.classify`;
 * whatever the edge does, there is an answer.
 */
export async function answerFrame(
  signal: AbortSignal,
  frame: SourceFrame,
  { index, isLossless, isWholeAwaited = isLossless }: FramePlace,
  deps: PipelineDeps,
): Promise<FrameRecord> {
  const { nowMs = () => performance.now(), isEdgeBusy = () => false } = deps
  const startMs = nowMs()
  const gate = deps.gate()
  const isAudited = deps.isAudited?.() ?? false
  const classFactors = deps.scene.factors()
  const choice = deps.scene.choice()
  const local = await classify(signal, frame, gate, { isKept: isLossless, classFactors, choice }, deps)
  const localLatencyMs = nowMs() - startMs
  const raw = rawAnswer(local.probabilities, classFactors)
  const isNothing = showsNothing(local.rgb, deps.inputWidth)
  const isNovel = deps.scene.isNovel(raw, local.isStrange) || isNothing
  const isTested = local.outcome === 'hit' && !isEdgeBusy() && deps.scene.isTestDue()
  // What the scene alone has made certain goes to the edge after all, and so does what tests the scene. Where
  // the scene had no say, the threshold has decided, and somebody may have set it so.
  const isHit = local.outcome === 'hit' && !(isNovel && classFactors !== undefined) && !isTested
  // One colour, or noise, says nothing of the scene either.
  const see: StreamScene['see'] = (...answered) => {
    if (!isNothing) deps.scene.see(...answered)
  }
  const { ownCertainty, ownEntropyNats } = local
  const outputs = deps.outputsOf(local.network)
  const sureness = surenessOfDevice({
    ownCertainty,
    ownEntropyNats,
    outputs,
    isHit: local.outcome === 'hit',
    isNovel,
    thresholdNats: deps.thresholdAlone(local.network),
  })
  const own: FrameRecord = {
    index,
    name: frame.name,
    trueLabel: frame.trueLabel,
    label: deps.classNames[local.classIndex] ?? '',
    certainty: ownCertainty,
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
  if (isHit) {
    deps.partitionUsed(local.network)
    see(local.probabilities, classFactors, sureness === 'certain', false)
    // The scene has asked for another partition than the one at hand: it comes while frames go on.
    if (choice?.id !== undefined && choice.id !== local.residents[0])
      void fetchChosen(choice.id, own.index, { inlineDelta: undefined, isWholeAwaited: false }, deps)
    if (isAudited) deps.audit?.(index, local.rgb, local.classIndex, classFactors)
    return own
  }

  deps.showProvisional(own)
  if (!isLossless && isEdgeBusy()) {
    see(local.probabilities, classFactors, false, false)
    return own
  }
  const asked = askEdge(
    signal,
    own,
    local,
    {
      asksPartitions: gate.maxProbes > 0,
      classFactors,
      raw,
      isNothing,
      isNovel,
      see,
      isWholeAwaited,
      startMs,
      nowMs,
    },
    deps,
  )
  if (isLossless) return asked
  const early = await Promise.race([
    asked,
    new Promise<undefined>((resolve) => setTimeout(resolve, patienceMs, undefined)),
  ])
  if (early !== undefined) return early
  // Called off, it has nothing to say any more.
  void asked.then((record) => record.outcome === 'miss' && deps.revise?.(record)).catch(() => undefined)
  return own
}

interface Asking {
  readonly asksPartitions: boolean
  readonly classFactors: ClassifyOptions['classFactors']
  /**
   * The device's own answer before any prior, whether it fits anything that the bundle knows, and whether
   * there is anything to know.
   */
  readonly raw: ArrayLike<number>
  readonly isNothing: boolean
  readonly isNovel: boolean
  readonly see: StreamScene['see']
  readonly isWholeAwaited: boolean
  readonly startMs: number
  readonly nowMs: () => number
}

/**
 * The edge's answer, and the partition that it names; the device's own answer where the edge gives none.
 * Rejects with `aborted`.
 */
async function askEdge(
  signal: AbortSignal,
  own: FrameRecord,
  local: Classification,
  { asksPartitions, classFactors, raw, isNothing, isNovel, see, isWholeAwaited, startMs, nowMs }: Asking,
  deps: PipelineDeps,
): Promise<FrameRecord> {
  let fromEdge: EdgeAnswer
  try {
    fromEdge = await deps.askEdge(signal, local.rgb, asksPartitions)
  } catch (thrown) {
    if (CacheNetError.from(thrown).code === 'aborted') throw thrown
    // Whether the edge is away or refuses this one frame: the device's own answer stands.
    see(local.probabilities, classFactors, false, false)
    return { ...own, latencyMs: nowMs() - startMs }
  }
  const { answer, bytesUp, bytesDown } = fromEdge
  const { inlineDelta, likelyNext } = answer
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
  see(probabilities, classFactors, sureness === 'certain', true)
  // What the edge said of this frame has told the scene something: it may ask for another partition now.
  // Where the scene does not decide, the edge does.
  const choice = deps.scene.choice()
  // A partition that nobody would ask is not fetched.
  const wanted = !asksPartitions
    ? undefined
    : choice === undefined
      ? answer.partition
      : deps.partitionOf(choice.id)
  const alone = answer.probabilities[classIndex] ?? 0
  const record: FrameRecord = {
    ...own,
    label: deps.classNames[classIndex] ?? answer.label,
    // Where the two do not bear one another out, neither is believed alone.
    certainty: sureness === 'certain' ? alone : (alone + (raw[classIndex] ?? 0)) / 2,
    sureness,
    outcome: 'miss',
    network: answer.answeredBy === 'full' ? 'full' : (answer.partition?.id ?? 'full'),
    answeredBy: 'edge',
    edgeEntropyNats: answer.entropyNats,
    latencyMs: nowMs() - startMs,
    switchedTo: wanted === undefined || wanted.id === local.residents[0] ? null : wanted.id,
    bytesUp,
    bytesDown,
  }
  const downloaded =
    wanted === undefined
      ? Promise.resolve(0)
      : deps.wantPartition(wanted, {
          inlineDelta: inlineDelta?.id === wanted.id ? inlineDelta : undefined,
          isWholeAwaited,
        })
  if (asksPartitions && likelyNext !== undefined) deps.expectNext?.(likelyNext.id, own.index)
  if (isWholeAwaited) return { ...record, bytesDown: bytesDown + (await downloaded) }
  void downloaded.then((bytes) => {
    if (bytes > 0) deps.addBytesDown(own.index, bytes)
  })
  return record
}

/** A partition that the scene asks for; its bytes are counted for the frame that asked first. */
async function fetchChosen(
  id: string,
  index: number,
  options: Parameters<PipelineDeps['wantPartition']>[1],
  deps: PipelineDeps,
): Promise<void> {
  const partition = deps.partitionOf(id)
  if (partition === undefined) return
  const bytes = await deps.wantPartition(partition, options)
  if (bytes > 0) deps.addBytesDown(index, bytes)
}

/** A lossless stream loses no frame to a worker that breaks down: it is sent once more. */
async function classify(
  signal: AbortSignal,
  { image }: SourceFrame,
  gate: GateSettings,
  options: ClassifyOptions,
  deps: PipelineDeps,
): Promise<Classification> {
  if (options.isKept !== true) return deps.classify(signal, image, gate, options)
  try {
    return await deps.classify(signal, image, gate, options)
  } catch (thrown) {
    if (CacheNetError.from(thrown).code !== 'worker-crashed') throw thrown
    return await deps.classify(signal, image, gate, options)
  }
}
