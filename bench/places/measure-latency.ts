const [everyMs, mostInFlight, limitMs] = [100, 8, 10_000]

/**
 * Sends a frame ten times a second until somebody says that it is enough, whether or not the one before was
 * answered, and notes how long each took, in milliseconds.
 *
 * @returns latencies; a frame that was not answered within ten seconds counts as ten seconds
 */
export async function measureLatency(
  send: (signal: AbortSignal) => Promise<unknown>,
  isEnough: (sent: number) => boolean,
): Promise<number[]> {
  const latencies: number[] = []
  const open = new Set<Promise<void>>()
  for (let sent = 0; !isEnough(sent); sent++) {
    if (open.size < mostInFlight) {
      const startedAt = performance.now()
      const frame = send(AbortSignal.timeout(limitMs)).then(
        () => void latencies.push(performance.now() - startedAt),
        () => void latencies.push(limitMs),
      )
      open.add(frame)
      void frame.finally(() => open.delete(frame))
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
  await Promise.all(open)
  return latencies
}
