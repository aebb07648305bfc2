import type { EdgeCounts } from './edge-counter.ts'
import type { LoggedFrame, SessionLog } from './session-log.ts'

interface Group {
  readonly frames: number
  /** Share of the frames with a known class that were answered right; undefined where there are none. */
  readonly accuracy: number | undefined
  readonly p50Ms: number | undefined
  readonly p95Ms: number | undefined
}

export interface ReplaySummary {
  readonly framesSent: number
  readonly all: Group
  readonly hits: Group
  readonly misses: Group
  /** Misses that went to the edge; the others were answered by the full model on the device. */
  readonly sent: number
  readonly uncertain: Group
  readonly hitRate: number
  readonly switches: number
  readonly bytesUp: number
  readonly bytesDown: number
  readonly edge: EdgeCounts
  /** What the page says and what the edge counted: empty where they agree. */
  readonly disagreements: readonly string[]
}

/** The value that this share of the values does not exceed (nearest rank); undefined for no values. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}

function group(frames: readonly LoggedFrame[]): Group {
  const labelled = frames.filter(({ trueLabel }) => trueLabel !== null)
  const right = labelled.filter(({ label, trueLabel }) => label === trueLabel)
  const latencies = frames.map(({ latencyMs }) => latencyMs)
  return {
    frames: frames.length,
    accuracy: labelled.length === 0 ? undefined : right.length / labelled.length,
    p50Ms: percentile(latencies, 0.5),
    p95Ms: percentile(latencies, 0.95),
  }
}

function compare(log: SessionLog, framesSent: number, sent: number, edge: EdgeCounts): string[] {
  const found: string[] = []
  if (log.totals.frames !== framesSent)
    found.push(`${framesSent} images were played, and the page answered ${log.totals.frames}`)
  if (log.frames.length !== log.totals.frames)
    found.push(
      `the page kept ${log.frames.length} of ${log.totals.frames} frames in its log; the numbers are of those`,
    )
  else if (sent !== edge.frames)
    found.push(`the page sent ${sent} misses, and the edge answered ${edge.frames} frames`)
  if (edge.refused > 0) found.push(`the edge refused ${edge.refused} frames`)
  return found
}

/** Adds a session up, and holds it against what the edge counted. */
export function summarize(log: SessionLog, framesSent: number, edge: EdgeCounts): ReplaySummary {
  const of = (outcome: LoggedFrame['outcome']): LoggedFrame[] =>
    log.frames.filter((frame) => frame.outcome === outcome)
  const hits = of('hit')
  const misses = of('miss')
  const asked = misses.filter(({ answeredBy }) => answeredBy === 'edge')
  return {
    framesSent,
    all: group(log.frames),
    hits: group(hits),
    misses: group(misses),
    sent: asked.length,
    uncertain: group(of('uncertain')),
    hitRate: log.frames.length === 0 ? 0 : hits.length / log.frames.length,
    switches: log.frames.filter(({ switchedTo }) => switchedTo !== null).length,
    bytesUp: log.totals.bytesUp,
    bytesDown: log.totals.bytesDown,
    edge: { ...edge },
    disagreements: compare(log, framesSent, asked.length, edge),
  }
}
