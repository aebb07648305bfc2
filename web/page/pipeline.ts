import { thresholdOf, type GateSettings } from '../../core/gate/gate.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { FrameAnswer } from '../../core/wire/frames.ts'
import { isRawImage, type Classification, type FrameImage } from '../messages/inference.ts'
import type { EdgeAnswer } from './edge/edge-client.ts'
import type { FrameRecord } from './session/frame-record.ts'
import type { SourceFrame } from './sources/source.ts'

/** What a frame meets on its way. */
export interface PipelineDeps {
  readonly classNames: readonly string[]
  readonly gate: () => GateSettings
  classify(signal: AbortSignal, image: FrameImage, gate: GateSettings, options: { readonly isKept: boolean }): Promise<Classification>
  /** Rejects where the edge does not answer; see `EdgeClient.answer`. */
  askEdge(signal: AbortSignal, rgb: Uint8Array<ArrayBuffer>): Promise<EdgeAnswer>
  /** A resident partition answered. */
  partitionUsed(id: string): void
  /** Makes a partition resident and the most recent. Resolves with the bytes that were downloaded for it; never rejects. */
  wantPartition(partition: NonNullable<FrameAnswer['partition']>): Promise<number>
  /** The device's own answer, shown while the edge is asked. */
  showProvisional(record: FrameRecord): void
  /** Bytes of a partition that arrived after its frame was answered. */
  addBytesDown(index: number, bytes: number): void
  readonly nowMs?: () => number
}

/**
 * A frame's life: gate on the device → hit, or miss → edge → partition. Never waits for a download unless the source is lossless.
 * Rejects with `aborted`, or with a code of `InferenceHost.classify`; whatever the edge does, there is an answer.
 */
export async function answerFrame(
  signal: AbortSignal,
  frame: SourceFrame,
  { index, isLossless }: { readonly index: number; readonly isLossless: boolean },
  deps: PipelineDeps,
): Promise<FrameRecord> {
  const { nowMs = () => performance.now() } = deps
  const startMs = nowMs()
  const gate = deps.gate()
  const local = await classify(signal, frame, isLossless, gate, deps)
  const localLatencyMs = nowMs() - startMs
  const own: FrameRecord = {
    index,
    name: frame.name,
    trueLabel: frame.trueLabel,
    label: deps.classNames[local.classIndex] ?? '',
    certainty: local.probabilities[local.classIndex] ?? 0,
    entropyNats: local.entropyNats,
    thresholdNats: thresholdOf(local.network, gate),
    outcome: local.outcome === 'hit' ? 'hit' : 'uncertain',
    network: local.network,
    answeredBy: 'device',
    edgeEntropyNats: null,
    latencyMs: localLatencyMs,
    localLatencyMs,
    switchedTo: null,
    bytesUp: 0,
    bytesDown: 0,
  }
  if (local.rgb === undefined) {
    deps.partitionUsed(local.network)
    return own
  }

  deps.showProvisional(own)
  let fromEdge: EdgeAnswer
  try {
    fromEdge = await deps.askEdge(signal, local.rgb)
  } catch (thrown) {
    if (CacheNetError.from(thrown).code === 'aborted') throw thrown
    // Whether the edge is away or refuses this one frame: the device's own answer stands.
    return { ...own, latencyMs: nowMs() - startMs }
  }
  const { answer, bytesUp, bytesDown } = fromEdge
  const record: FrameRecord = {
    ...own,
    label: answer.label,
    certainty: answer.probabilities[answer.classIndex] ?? 0,
    outcome: 'miss',
    network: answer.answeredBy === 'full' ? 'full' : (answer.partition?.id ?? 'full'),
    answeredBy: 'edge',
    edgeEntropyNats: answer.entropyNats,
    latencyMs: nowMs() - startMs,
    switchedTo: answer.partition === undefined || answer.partition.id === local.residents[0] ? null : answer.partition.id,
    bytesUp,
    bytesDown,
  }
  const downloaded = answer.partition === undefined ? Promise.resolve(0) : deps.wantPartition(answer.partition)
  if (isLossless) return { ...record, bytesDown: bytesDown + (await downloaded) }
  void downloaded.then((bytes) => {
    if (bytes > 0) deps.addBytesDown(index, bytes)
  })
  return record
}

/** A lossless stream loses no frame to a worker that breaks down: it is sent once more. */
async function classify(
  signal: AbortSignal,
  { image }: SourceFrame,
  isLossless: boolean,
  gate: GateSettings,
  deps: PipelineDeps,
): Promise<Classification> {
  if (!isLossless) return deps.classify(signal, image, gate, { isKept: false })
  try {
    return await deps.classify(signal, image, gate, { isKept: true })
  } catch (thrown) {
    if (CacheNetError.from(thrown).code !== 'worker-crashed') throw thrown
    return await deps.classify(signal, image, gate, { isKept: true })
  } finally {
    if (!isRawImage(image)) image.close()
  }
}
