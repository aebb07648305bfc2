import { z } from 'zod'
import { mean } from '../../core/mean.ts'
import { generalistId } from '../../core/gate/gate.ts'
import { percentile, summarize } from '../replay/summary.ts'
import type { EdgeCounts } from '../replay/edge-counter.ts'
import type { SessionLog } from '../replay/session-log.ts'

const share = z.number().min(0).max(1)
const milliseconds = z.number().nonnegative()
const count = z.int().nonnegative()

/** One run of a strategy over a stream, as the page saw it. */
export const runSchema = z.object({
  round: count,
  seed: count,
  /** Place in the order in which the strategies of this round ran. */
  turn: count,
  frames: count,
  meanMs: milliseconds,
  p50Ms: milliseconds,
  p95Ms: milliseconds,
  p99Ms: milliseconds,
  /**
   * Means of those answered on the device and of those that the edge answered; null where there were none.
   */
  hitMs: milliseconds.nullable(),
  missMs: milliseconds.nullable(),
  hitP50Ms: milliseconds.nullable(),
  /** Of the frames whose class is known; null where none is. */
  accuracy: share.nullable(),
  /** Share of the frames with the full model's answer; only where a folder of any images was played. */
  agreement: share.optional(),
  hitRate: share,
  /** Of the hits, those that a partition answered. Absent in older results. */
  partitionHitShare: share.optional(),
  uploads: count,
  uncertain: count,
  switches: count,
  /**
   * Bodies, as the page counts them; and everything that crossed the proxy while the stream played, headers
   * and prefetches too.
   */
  bytesUp: count,
  bytesDown: count,
  wireBytesUp: count,
  wireBytesDown: count,
  seconds: z.number().positive(),
  measuredAt: z.iso.datetime(),
  commit: z.string(),
})
export type Run = z.infer<typeof runSchema>

export interface RunFacts extends Pick<
  Run,
  'round' | 'seed' | 'turn' | 'seconds' | 'commit' | 'wireBytesUp' | 'wireBytesDown'
> {
  readonly framesSent: number
  /** What a folder has to be called like to say what is in it. */
  readonly classNames: readonly string[]
  /** The full model's answers to the same frames, where they are known. */
  readonly reference?: readonly string[] | undefined
  readonly edge: EdgeCounts
}

export interface MeasuredRun {
  readonly run: Run
  /** The label of each frame. */
  readonly answers: readonly string[]
  /** What page and edge counted differently. */
  readonly disagreements: readonly string[]
}

const meanOf = (values: readonly number[]): number | null => (values.length === 0 ? null : mean(values))

/** Frames that lie in a folder called like no class come without a label. */
function withKnownLabels(log: SessionLog, classNames: readonly string[]): SessionLog {
  const known = new Set<string | null>(classNames)
  return {
    ...log,
    frames: log.frames.map((frame) => (known.has(frame.trueLabel) ? frame : { ...frame, trueLabel: null })),
  }
}

/** Adds a run up. Page and edge must have counted the same; what they disagree on comes along. */
export function measureRun(
  log: SessionLog,
  { framesSent, classNames, reference, edge, ...facts }: RunFacts,
): MeasuredRun {
  const summary = summarize(withKnownLabels(log, classNames), framesSent, edge)
  const answers = log.frames.map(({ label }) => label)
  const latencies = log.frames.map(({ latencyMs }) => latencyMs)
  const ofOutcome = (outcome: string): number[] =>
    log.frames.filter((frame) => frame.outcome === outcome).map(({ latencyMs }) => latencyMs)
  const hits = log.frames.filter(({ outcome }) => outcome === 'hit')
  const partitionHits = hits.filter(({ network }) => network !== generalistId)
  const run: Run = {
    ...facts,
    frames: summary.all.frames,
    meanMs: mean(latencies),
    p50Ms: percentile(latencies, 0.5) ?? 0,
    p95Ms: percentile(latencies, 0.95) ?? 0,
    p99Ms: percentile(latencies, 0.99) ?? 0,
    hitMs: meanOf(ofOutcome('hit')),
    missMs: meanOf(ofOutcome('miss')),
    hitP50Ms: percentile(ofOutcome('hit'), 0.5) ?? null,
    accuracy: summary.all.accuracy ?? null,
    ...(reference !== undefined && {
      agreement: answers.filter((label, index) => label === reference[index]).length / answers.length,
    }),
    hitRate: summary.hitRate,
    partitionHitShare: hits.length === 0 ? 0 : partitionHits.length / hits.length,
    uploads: summary.sent,
    uncertain: summary.uncertain.frames,
    switches: summary.switches,
    bytesUp: summary.bytesUp,
    bytesDown: summary.bytesDown,
    measuredAt: new Date().toISOString(),
  }
  return { run, answers, disagreements: summary.disagreements }
}
