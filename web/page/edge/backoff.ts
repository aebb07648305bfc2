export interface BackoffOptions {
  readonly baseMs: number
  readonly maxMs: number
}

/**
 * How long to wait before trying again: doubles with every attempt up to a limit, and is drawn from the upper
 * half of that, so that many phones that lost the same edge do not come back in step.
 *
 * @param attempt counts from 0
 * @param random uniform in [0, 1)
 */
export function backoffMs(attempt: number, { baseMs, maxMs }: BackoffOptions, random: () => number): number {
  const full = Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 30))
  return full / 2 + (full / 2) * random()
}
