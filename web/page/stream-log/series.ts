import type { FrameRecord } from './frame-record.ts'

/** Columns as charts take them: x first. */
export interface Columns {
  readonly x: readonly number[]
  readonly series: readonly (readonly (number | null)[])[]
}

/**
 * Entropy of the last frames, one column an outcome so that each has its colour, and the threshold that each
 * was held to: [hit, miss, uncertain, threshold].
 */
export function entropyColumns(frames: readonly FrameRecord[]): Columns {
  const of = (outcome: FrameRecord['outcome']): (number | null)[] =>
    frames.map((frame) => (frame.outcome === outcome ? frame.entropyNats : null))
  return {
    x: frames.map(({ index }) => index),
    series: [of('hit'), of('miss'), of('uncertain'), frames.map(({ thresholdNats }) => thresholdNats)],
  }
}

export interface Bin {
  /** Index of its first frame. */
  readonly from: number
  readonly frames: number
  readonly misses: number
  readonly uncertain: number
  readonly switches: number
}

/**
 * Misses and switches over the stream, in as many bins at most: each has as many frames as the others, the
 * last perhaps fewer.
 */
export function streamBins(frames: readonly FrameRecord[], most: number): Bin[] {
  const size = Math.max(1, Math.ceil(frames.length / most))
  const bins: Bin[] = []
  for (let start = 0; start < frames.length; start += size) {
    const part = frames.slice(start, start + size)
    bins.push({
      from: part[0]?.index ?? 0,
      frames: part.length,
      misses: part.filter(({ outcome }) => outcome === 'miss').length,
      uncertain: part.filter(({ outcome }) => outcome === 'uncertain').length,
      switches: part.filter(({ switchedTo }) => switchedTo !== null).length,
    })
  }
  return bins
}

/** Shares of the frames of each bin: [misses, uncertain, switches]. */
export function binColumns(bins: readonly Bin[]): Columns {
  const share = (countOf: (bin: Bin) => number): number[] => bins.map((bin) => countOf(bin) / bin.frames)
  return {
    x: bins.map(({ from }) => from),
    series: [
      share(({ misses }) => misses),
      share(({ uncertain }) => uncertain),
      share(({ switches }) => switches),
    ],
  }
}
