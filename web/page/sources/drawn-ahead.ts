import type { FrameSource } from './source.ts'

/**
 * A source whose first frame is made before it is played: at a start, while the networks are still on their
 * way.
 */
export function drawnAhead(source: FrameSource): FrameSource {
  const controller = new AbortController()
  const frames = source.frames(controller.signal)[Symbol.asyncIterator]()
  const first = frames.next()
  first.catch(() => undefined)
  return {
    kind: source.kind,
    isLossless: source.isLossless,
    async *frames(signal) {
      const stop = (): void => controller.abort()
      signal.addEventListener('abort', stop, { once: true })
      if (signal.aborted) stop()
      try {
        for (let next = await first; next.done !== true; next = await frames.next()) yield next.value
      } finally {
        signal.removeEventListener('abort', stop)
        await frames.return?.()
      }
    },
  }
}
