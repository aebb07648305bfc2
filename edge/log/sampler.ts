/** Says which of very many alike are logged. */
export interface Sampler {
  /** Undefined where this one is not logged; else how many of its kind were not since the last that was. */
  sample(kind: string): number | undefined
}

interface Window {
  readonly endsMs: number
  logged: number
  passedOver: number
}

/** Lines of each kind in a window. Kinds are few: they are codes. */
export function createSampler(
  mostLines = 5,
  windowMs = 10_000,
  nowMs: () => number = () => performance.now(),
): Sampler {
  const windows = new Map<string, Window>()
  return {
    sample(kind) {
      const now = nowMs()
      const known = windows.get(kind)
      const isOver = known === undefined || now >= known.endsMs
      const window = isOver
        ? { endsMs: now + windowMs, logged: 0, passedOver: known?.passedOver ?? 0 }
        : known
      windows.set(kind, window)
      if (window.logged >= mostLines) {
        window.passedOver++
        return undefined
      }
      window.logged++
      const { passedOver } = window
      window.passedOver = 0
      return passedOver
    },
  }
}
