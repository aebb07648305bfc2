import type { FrameRecord } from './frame-record.ts'
import { quantile } from './quantile.ts'
import { Ring } from './ring.ts'

/** Sums over all frames of a stream, also over those whose records were forgotten. */
export interface StreamTotals {
  readonly frames: number
  readonly hits: number
  readonly misses: number
  /** Those of them that the full model on this device answered. */
  readonly missesHere: number
  readonly uncertain: number
  /** Frames after which another partition was the most recent than before. */
  readonly switches: number
  readonly bytesUp: number
  readonly bytesDown: number
  /** Frames whose true label is known, and those of them that were answered right. */
  readonly labelled: number
  readonly correct: number
  /** Hits that the edge was asked about too, and those of them on which it agreed. */
  readonly audits: number
  readonly agreements: number
}

/** Over the most recent frames of each kind; undefined where there was none. */
export interface StreamLatencies {
  readonly medianHitMs: number | undefined
  readonly medianMissMs: number | undefined
  readonly p95HitMs: number | undefined
  readonly p95MissMs: number | undefined
}

const latencySample = 501

/** Frames that a log keeps: what was seen before them is forgotten. */
export const longestLog = 20_000

/** The frames of a stream in a bounded log, with totals. */
export class StreamLog {
  readonly #records: Ring<FrameRecord>
  #counts = emptyCounts()
  #hitMs = new Ring<number>(latencySample)
  #missMs = new Ring<number>(latencySample)

  constructor(capacity = longestLog) {
    this.#records = new Ring(capacity)
  }

  get length(): number {
    return this.#records.length
  }

  add(record: FrameRecord): void {
    this.#records.add(record)
    this.#count(record, 1)
    if (record.outcome === 'hit') this.#hitMs.add(record.latencyMs)
    if (record.outcome === 'miss') this.#missMs.add(record.latencyMs)
  }

  /** Puts the edge's answer in the place of the device's own, where it came after the stream had gone on. */
  revise(record: FrameRecord): void {
    const { age, record: earlier } = this.#find(record.index)
    if (earlier === undefined) return
    this.#count(earlier, -1)
    this.#count(record, 1)
    this.#records.replace(age, record)
    if (record.outcome === 'miss') this.#missMs.add(record.latencyMs)
  }

  /** Counts an audit of a hit, and what it sent and received. */
  addAudit({
    bytesUp,
    bytesDown,
    agrees,
  }: {
    readonly bytesUp: number
    readonly bytesDown: number
    readonly agrees: boolean
  }): void {
    this.#counts.audits++
    if (agrees) this.#counts.agreements++
    this.#counts.bytesUp += bytesUp
    this.#counts.bytesDown += bytesDown
  }

  /**
   * Counts bytes that a frame caused after it was answered: a partition that was downloaded in the
   * background.
   */
  addBytesDown(index: number, bytes: number): void {
    this.#counts.bytesDown += bytes
    const { age, record } = this.#find(index)
    if (record !== undefined) this.#records.replace(age, { ...record, bytesDown: record.bytesDown + bytes })
  }

  newest(): FrameRecord | undefined {
    return this.#records.fromNewest(0)
  }

  /** The most recent frames, oldest first. */
  tail(count: number): FrameRecord[] {
    const records: FrameRecord[] = []
    for (let age = Math.min(count, this.length) - 1; age >= 0; age--) {
      const record = this.#records.fromNewest(age)
      if (record !== undefined) records.push(record)
    }
    return records
  }

  /** Every frame that the log still holds, oldest first. */
  frames(): FrameRecord[] {
    return this.#records.toArray()
  }

  totals(): StreamTotals {
    return { ...this.#counts }
  }

  /** Sorts them: for whoever looks, and not for every frame. */
  latencies(): StreamLatencies {
    const hits = this.#hitMs.toArray()
    const misses = this.#missMs.toArray()
    return {
      medianHitMs: quantile(hits, 0.5),
      p95HitMs: quantile(hits, 0.95),
      medianMissMs: quantile(misses, 0.5),
      p95MissMs: quantile(misses, 0.95),
    }
  }

  clear(): void {
    this.#records.clear()
    this.#hitMs.clear()
    this.#missMs.clear()
    this.#counts = emptyCounts()
  }

  #find(index: number): { age: number; record: FrameRecord | undefined } {
    const newest = this.#records.fromNewest(0)
    const age = newest === undefined ? 0 : newest.index - index
    const record = this.#records.fromNewest(age)
    return { age, record: record?.index === index ? record : undefined }
  }

  /** @param sign 1 counts a frame in, -1 out again */
  #count(record: FrameRecord, sign: 1 | -1): void {
    const counts = this.#counts
    counts.frames += sign
    counts[countOf[record.outcome]] += sign
    if (record.outcome === 'miss' && record.answeredBy === 'device') counts.missesHere += sign
    if (record.switchedTo !== null) counts.switches += sign
    counts.bytesUp += sign * record.bytesUp
    counts.bytesDown += sign * record.bytesDown
    if (record.trueLabel !== null) {
      counts.labelled += sign
      if (record.trueLabel === record.label) counts.correct += sign
    }
  }
}

const countOf = { hit: 'hits', miss: 'misses', uncertain: 'uncertain' } as const

const emptyCounts = () => ({
  frames: 0,
  hits: 0,
  misses: 0,
  missesHere: 0,
  uncertain: 0,
  switches: 0,
  bytesUp: 0,
  bytesDown: 0,
  labelled: 0,
  correct: 0,
  audits: 0,
  agreements: 0,
})
