/** How often a use of the same partition is reported while it goes on answering. */
const reportIntervalMs = 1_000

/**
 * Thins out reports of use: the order of recency changes only on a switch, so a switch is reported at once
 * and anything else at most once a second.
 */
export function createUseReporter(
  report: (sha256: string) => void,
  now = (): number => performance.now(),
): (sha256: string) => void {
  let last: { readonly sha256: string; readonly at: number } | undefined
  return (sha256) => {
    const at = now()
    if (last?.sha256 === sha256 && at - last.at < reportIntervalMs) return
    last = { sha256, at }
    report(sha256)
  }
}
