interface Ahead {
  readonly response: Promise<Response>
  readonly askedMs: number
}

const ahead = new Map<string, Ahead>()
/** What has not been taken by then was wanted by nobody, and may have changed. */
const keptMs = 10_000

/** Asks for something that this page's own edge will be asked for in a moment, before the code that will ask is there. */
export function fetchAhead(path: string): void {
  const response = fetch(path)
  response.catch(() => undefined)
  ahead.set(path, { response, askedMs: performance.now() })
}

/** What was asked for ahead, once; undefined where it was not, or too long ago. Rejects as `fetch` does. */
export function takeAhead(path: string): Promise<Response> | undefined {
  const found = ahead.get(path)
  ahead.delete(path)
  return found !== undefined && performance.now() - found.askedMs < keptMs ? found.response : undefined
}
