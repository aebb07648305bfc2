import type { FrameRecord } from './frame-record.ts'
import { median } from './median.ts'
import { Ring } from './ring.ts'

/** Sums over all frames of a session, also over those whose records were forgotten. */
export interface SessionTotals {
  readonly frames: number
  readonly hits: number
  readonly misses: number
  readonly uncertain: number
  /** Frames after which another partition was the most recent than before. */
  readonly switches: number
  readonly bytesUp: number
  readonly bytesDown: number
  /** Frames whose true label is known, and those of them that were answered right. */
  readonly labelled: number
  readonly correct: number
  /** Medians over the most recent frames of each kind; undefined where there was none. */
  readonly medianHitMs: number | undefined
  readonly medianMissMs: number | undefined
}

const latencySample = 501

/** The frames of a session in a bounded log, with totals. */
export class SessionLog {
  readonly #records: Ring<FrameRecord>
  #counts = emptyCounts()
  #hitMs = new Ring<number>(latencySample)
  #missMs = new Ring<number>(latencySample)

  constructor(capacity = 20_000) {
    this.#records = new Ring(capacity)
  }

  get length(): number {
    return this.#records.length
  }

  add(record: FrameRecord): void {
    this.#records.add(record)
    const counts = this.#counts
    counts.frames++
    counts[countOf[record.outcome]]++
    if (record.switchedTo !== null) counts.switches++
    counts.bytesUp += record.bytesUp
    counts.bytesDown += record.bytesDown
    if (record.trueLabel !== null) {
      counts.labelled++
      if (record.trueLabel === record.label) counts.correct++
    }
    if (record.outcome === 'hit') this.#hitMs.add(record.latencyMs)
    if (record.outcome === 'miss') this.#missMs.add(record.latencyMs)
  }

  /** Counts bytes that a frame caused after it was answered: a partition that was downloaded in the background. */
  addBytesDown(index: number, bytes: number): void {
    this.#counts.bytesDown += bytes
    const newest = this.#records.fromNewest(0)
    const age = newest === undefined ? 0 : newest.index - index
    const record = this.#records.fromNewest(age)
    if (record?.index === index) this.#records.replace(age, { ...record, bytesDown: record.bytesDown + bytes })
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

  totals(): SessionTotals {
    return { ...this.#counts, medianHitMs: median(this.#hitMs.toArray()), medianMissMs: median(this.#missMs.toArray()) }
  }

  clear(): void {
    this.#records.clear()
    this.#hitMs.clear()
    this.#missMs.clear()
    this.#counts = emptyCounts()
  }
}

const countOf = { hit: 'hits', miss: 'misses', uncertain: 'uncertain' } as const

const emptyCounts = () => ({
  frames: 0,
  hits: 0,
  misses: 0,
  uncertain: 0,
  switches: 0,
  bytesUp: 0,
  bytesDown: 0,
  labelled: 0,
  correct: 0,
})
