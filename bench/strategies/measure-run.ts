import { z } from 'zod'
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
  /** Means of those answered on the device and of those that the edge answered; null where there were none. */
  hitMs: milliseconds.nullable(),
  missMs: milliseconds.nullable(),
  hitP50Ms: milliseconds.nullable(),
  accuracy: share,
  hitRate: share,
  uploads: count,
  uncertain: count,
  switches: count,
  /** Bodies, as the page counts them; and everything that crossed the proxy while the stream played, headers and prefetches too. */
  bytesUp: count,
  bytesDown: count,
  wireBytesUp: count,
  wireBytesDown: count,
  seconds: z.number().positive(),
  measuredAt: z.iso.datetime(),
  commit: z.string(),
})
export type Run = z.infer<typeof runSchema>

export interface RunFacts extends Pick<Run, 'round' | 'seed' | 'turn' | 'seconds' | 'commit' | 'wireBytesUp' | 'wireBytesDown'> {
  readonly framesSent: number
  readonly edge: EdgeCounts
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const meanOf = (values: readonly number[]): number | null => (values.length === 0 ? null : mean(values))

/** Adds a run up. Page and edge must have counted the same; what they disagree on comes along. */
export function measureRun(log: SessionLog, { framesSent, edge, ...facts }: RunFacts): { run: Run; disagreements: readonly string[] } {
  const summary = summarize(log, framesSent, edge)
  const latencies = log.frames.map(({ latencyMs }) => latencyMs)
  const ofOutcome = (outcome: string): number[] => log.frames.filter((frame) => frame.outcome === outcome).map(({ latencyMs }) => latencyMs)
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
    accuracy: summary.all.accuracy ?? 0,
    hitRate: summary.hitRate,
    uploads: summary.misses.frames,
    uncertain: summary.uncertain.frames,
    switches: summary.switches,
    bytesUp: summary.bytesUp,
    bytesDown: summary.bytesDown,
    measuredAt: new Date().toISOString(),
  }
  return { run, disagreements: summary.disagreements }
}
